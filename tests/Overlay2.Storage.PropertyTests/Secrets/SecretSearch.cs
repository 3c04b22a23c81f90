using System.Text;
using System.Text.RegularExpressions;
using Overlay2.Storage.Diagnosis;
using Overlay2.Storage.Repair;
using Overlay2.Storage.Snapshots;

namespace Overlay2.Storage.PropertyTests.Secrets;

/// <summary>Looks for a planted secret in a snapshot and in everything that is made of one.</summary>
internal static class SecretSearch
{
    /// <summary>Captures, saves, diagnoses and plans, and looks for the secret everywhere.</summary>
    /// <returns>What is left of it and where; <see langword="null"/> for nothing.</returns>
    public static string? Find(PlantedHost host, PlantedSecret secret)
    {
        StorageSnapshot snapshot = host.Capture(TestContext.Current.CancellationToken);
        string saved = Save(snapshot);
        StorageSnapshot loaded = StorageSnapshot.Load(new MemoryStream(Encoding.Latin1.GetBytes(saved)));
        string again = Save(loaded);
        DiagnosisReport report = new StorageDiagnoser().Diagnose(loaded, cancellationToken: TestContext.Current.CancellationToken);
        RepairPlan plan = RepairPlanner.Plan(report);
        (string What, string Text)[] made =
        [
            ("snapshot", saved), ("redacted", Save(snapshot.Redact("key"u8))), ("report", Encoding.Latin1.GetString(report.ToJson())),
            ("plan", Encoding.Latin1.GetString(plan.ToJson())), ("script", plan.ToShellScript()),
        ];
        if (again != saved)
            return "another file when it is saved again";
        foreach ((string what, string text) in made)
        {
            string[] looks = [text, Unescape(text)];
            foreach (string trace in secret.Traces())
            {
                if (looks.FirstOrDefault(look => look.Contains(trace, StringComparison.OrdinalIgnoreCase)) is { } look)
                {
                    int at = look.IndexOf(trace, StringComparison.OrdinalIgnoreCase);
                    return $"{what}: …{look[Math.Max(0, at - 60)..Math.Min(look.Length, at + trace.Length + 20)]}…";
                }
            }
        }

        return null;
    }

    /// <summary>The file of a snapshot.</summary>
    public static string Save(StorageSnapshot snapshot)
    {
        using var stream = new MemoryStream();
        snapshot.Save(stream);
        return Encoding.Latin1.GetString(stream.ToArray());
    }

    /// <summary>The text without the escapes of JSON and of addresses.</summary>
    public static string Unescape(string text)
    {
        string plain = text.Replace("\\/", "/", StringComparison.Ordinal).Replace("\\\\", "\\", StringComparison.Ordinal).Replace("\\\"", "\"", StringComparison.Ordinal);
        plain = Regex.Replace(plain, "\\\\u(?<code>[0-9A-Fa-f]{4})", match => ((char)Convert.ToInt32(match.Groups["code"].Value, 16)).ToString(), RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(10));
        return Uri.UnescapeDataString(plain);
    }
}
