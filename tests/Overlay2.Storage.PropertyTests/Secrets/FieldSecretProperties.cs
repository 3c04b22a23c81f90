using System.Globalization;

namespace Overlay2.Storage.PropertyTests.Secrets;

/// <summary>The same by a second grammar, written from practice by somebody who had not seen the classifier, and what a support engineer still has to see.</summary>
public sealed class FieldSecretProperties
{
    private const int Planted = 300;

    /// <summary>The pairs of a place and a form that fit, so that every place and every form comes early.</summary>
    private static readonly (SecretPlace Place, FieldForm Form)[] s_pairs = Pair();

    [Fact]
    public void There_are_places_and_forms_enough()
    {
        Assert.InRange(FieldPlaces.All.Length, 60, 1000);
        Assert.InRange(FieldForms.All.Length, 80, 1000);
        Assert.Equal(FieldPlaces.All.Length, FieldPlaces.All.Select(place => place.Label).Distinct(StringComparer.Ordinal).Count());
        Assert.Equal(FieldForms.All.Length, FieldForms.All.Select(form => form.Label).Distinct(StringComparer.Ordinal).Count());
    }

    /// <summary>Every place and every form; which of them meet is pinned. <c>OVERLAY2_PLANTED=3000</c> tries more, in some minutes.</summary>
    [Fact]
    public void None_comes_out()
    {
        int planted = int.Parse(Environment.GetEnvironmentVariable("OVERLAY2_PLANTED") ?? $"{Planted}", CultureInfo.InvariantCulture);
        Expect(Enumerable.Range(0, Math.Min(planted, s_pairs.Length)));
    }

    /// <summary>What is no secret stays, also beside one: without it a snapshot would be of no use.</summary>
    [Fact]
    public void What_support_needs_stays()
    {
        List<string> lost = [];
        foreach (HarmlessValue value in HarmlessValues.All)
        {
            var host = new PlantedHost();
            value.Plant(host);
            string saved = SecretSearch.Save(host.Capture(TestContext.Current.CancellationToken));
            if (!SecretSearch.Unescape(saved).Contains(value.Text, StringComparison.Ordinal))
                lost.Add(value.Text);
            Assert.Null(SecretSearch.Find(host, HarmlessValues.Secret));
        }

        Assert.InRange(HarmlessValues.All.Length, 30, 1000);
        Assert.True(lost.Count == 0, $"{lost.Count} of {HarmlessValues.All.Length}: {string.Join('\n', lost)}");
    }

    /// <summary>A place that loses its text would be clean for no reason.</summary>
    [Fact]
    public void What_is_planted_is_there_before()
    {
        foreach (SecretPlace place in FieldPlaces.All)
        {
            var host = new PlantedHost();
            place.Plant(host, new PlantedSecret("password", "tokentoken", "password=tokentoken"));
            Assert.True(host.Files.Values.Append(host.KernelLog + host.EngineLog + host.EngineInfo).Any(text => text.Contains("tokentoken", StringComparison.Ordinal)), place.Label);
        }

        Assert.All(FieldPlaces.All, place => Assert.Contains(s_pairs[..Planted], pair => pair.Place == place));
        Assert.All(FieldForms.All, form => Assert.True(FieldPlaces.All.All(place => FieldLimits.CannotBeKnown(place, form)) || s_pairs[..Planted].Any(pair => pair.Form == form), form.Label));
    }

    private static void Expect(IEnumerable<int> indices)
    {
        List<string> found = [];
        int looked = 0;
        foreach (int index in indices)
        {
            looked++;
            if (Look(s_pairs[index], 1 + index) is { } trace)
                found.Add(trace);
        }

        Assert.True(found.Count == 0, $"{found.Count} of {looked}: {string.Join('\n', found)}");
    }

    private static (SecretPlace Place, FieldForm Form)[] Pair()
    {
        (SecretPlace[] places, FieldForm[] forms) = (FieldPlaces.All, FieldForms.All);
        (SecretPlace Place, FieldForm Form)[] pairs = [.. places.SelectMany(place => forms.Where(form => (form.Kind & place.Takes) != 0 && !FieldLimits.CannotBeKnown(place, form)).Select(form => (place, form)))];
        new Random(1).Shuffle(pairs);

        // First such as bring in a new place and a new form, or at least one of both.
        HashSet<object> seen = [];
        List<(SecretPlace Place, FieldForm Form)> first = [];
        foreach (bool both in new[] { true, false })
        {
            foreach ((SecretPlace Place, FieldForm Form) pair in pairs)
            {
                if (both ? !seen.Contains(pair.Place) && !seen.Contains(pair.Form) : !seen.Contains(pair.Place) || !seen.Contains(pair.Form))
                {
                    seen.Add(pair.Place);
                    seen.Add(pair.Form);
                    first.Add(pair);
                }
            }
        }

        return [.. first, .. pairs.Except(first)];
    }

    /// <summary>Plants one and looks for it everywhere.</summary>
    /// <returns>What is left of it; <see langword="null"/> for nothing.</returns>
    private static string? Look((SecretPlace Place, FieldForm Form) pair, int seed)
    {
        PlantedSecret secret = pair.Form.Make(new Random(seed));
        var host = new PlantedHost();
        pair.Place.Plant(host, secret);
        return SecretSearch.Find(host, secret) is { } left
            ? string.Create(CultureInfo.InvariantCulture, $"{pair.Place.Label} / {pair.Form.Label} / {seed}: {secret.Name} {secret.Token} {secret.Text}: {left}")
            : null;
    }
}
