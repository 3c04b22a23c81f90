using System.Globalization;
using CsCheck;

namespace Overlay2.Storage.PropertyTests.Secrets;

/// <summary>A secret that stands anywhere on a host, in any form, is in no snapshot, and in nothing that is made of one.</summary>
public sealed class SecretProperties
{
    private const int Planted = 300;

    /// <summary>The pairs of a place and a form that fit, place by place, so that every place and every form comes early.</summary>
    private static readonly (SecretPlace Place, SecretForm Form)[] s_pairs = Pair();

    private static readonly Gen<((SecretPlace Place, SecretForm Form) Pair, int Seed)> s_planted = Gen.Select(Gen.Int[0, s_pairs.Length - 1].Select(index => s_pairs[index]), Gen.Int[0, 1 << 30]);

    [Fact]
    public void There_are_places_and_forms_enough()
    {
        Assert.InRange(SecretPlaces.All.Length, 60, 1000);
        Assert.InRange(SecretForms.All.Length, 25, 1000);
        Assert.Equal(SecretPlaces.All.Length, SecretPlaces.All.Select(place => place.Label).Distinct(StringComparer.Ordinal).Count());
    }

    /// <summary>Every place and every form; which of them meet is pinned.</summary>
    [Fact]
    public void Of_three_hundred_none_comes_out()
    {
        List<string> found = [];
        for (int seed = 1; seed <= Planted; seed++)
        {
            if (Look(s_pairs[(seed - 1) * 7919 % s_pairs.Length], 4_000 + seed) is { } trace)
                found.Add(trace);
        }

        Assert.True(found.Count == 0, $"{found.Count} of {Planted}: {string.Join('\n', found)}");
    }

    /// <summary>Others each time.</summary>
    [Fact]
    public void Nor_does_any_other() => s_planted.Sample(planted => Assert.Null(Look(planted.Pair, planted.Seed % 90_000)), iter: 100);

    /// <summary>A place that loses its text, or a form that no place writes, would be clean for no reason.</summary>
    [Fact]
    public void What_is_planted_is_there_before()
    {
        foreach (SecretPlace place in SecretPlaces.All)
        {
            var host = new PlantedHost();
            int before = Size(host);
            place.Plant(host, new PlantedSecret("password", "tokentoken", "password=tokentoken"));
            bool isThere = Size(host) > before && host.Files.Values.Append(host.KernelLog + host.EngineLog + host.EngineInfo).Any(text => text.Contains("tokentoken", StringComparison.Ordinal));
            Assert.True(isThere || host.Change != new PlantedHost().Change, place.Label);
        }

        Assert.All(SecretForms.All, form => Assert.Contains(s_pairs, pair => pair.Form == form));
        Assert.All(SecretPlaces.All, place => Assert.Contains(s_pairs, pair => pair.Place == place));
    }

    private static int Size(PlantedHost host) => host.Files.Values.Sum(text => text.Length) + host.KernelLog.Length + host.EngineLog.Length + host.EngineInfo.Length;

    private static (SecretPlace Place, SecretForm Form)[] Pair()
    {
        var pairs = new List<(SecretPlace, SecretForm)>();
        for (int shift = 0; shift < SecretForms.All.Length; shift++)
        {
            for (int i = 0; i < SecretPlaces.All.Length; i++)
            {
                SecretForm form = SecretForms.All[(i + shift) % SecretForms.All.Length];
                if ((SecretPlaces.All[i].Takes & form.Kind) != 0)
                    pairs.Add((SecretPlaces.All[i], form));
            }
        }

        return [.. pairs];
    }

    /// <summary>Plants one and looks for it everywhere.</summary>
    /// <returns>What is left of it; <see langword="null"/> for nothing.</returns>
    private static string? Look((SecretPlace Place, SecretForm Form) pair, int seed)
    {
        PlantedSecret secret = SecretForms.Make(pair.Form, new Random(seed));
        var host = new PlantedHost();
        pair.Place.Plant(host, secret);
        return SecretSearch.Find(host, secret) is { } left
            ? string.Create(CultureInfo.InvariantCulture, $"{pair.Place.Label} / {pair.Form.Label} / {seed}: {secret.Name} {secret.Token}: {secret.Text}: {left}")
            : null;
    }
}
