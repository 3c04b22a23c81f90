using Overlay2.Storage.Detection;
using Overlay2.Storage.Kernel;
using Spectre.Console;

namespace Overlay2.Cli.Output;

/// <summary>The abilities of a kernel, for a person.</summary>
internal static class KernelView
{
    public static void Write(IAnsiConsole console, KernelDetection detection, KernelProbe? probe)
    {
        KernelProfile profile = detection.Profile;
        console.Put(profile.Release.Length > 0 ? $"Linux {profile.Release}" : "The release of the kernel could not be read.", Styles.Heading);
        console.PutLine(detection.MayHoldBackports ? "  (a distribution's or own build: it may have more than its number says)" : "");
        console.PutLine();
        WriteFeatures(console, profile, probe);
        if (probe is not null)
            WriteTried(console, profile, probe);

        console.PutLine();
        console.PutLine($"An unprivileged user's overlay mount: {Word(detection.UnprivilegedMount.Status)} ({detection.UnprivilegedMount.Source})");
        foreach (KernelSetting setting in detection.Settings)
            console.PutLine($"{setting.Name}: {(setting.IsKnown ? setting.Value : $"not known ({setting.Source.Status})")}");
    }

    /// <summary>A status in a word, as in the JSON.</summary>
    public static string Word(FeatureStatus status) => status switch
    {
        FeatureStatus.Yes => "yes",
        FeatureStatus.No => "no",
        _ => "unknown",
    };

    private static void WriteFeatures(IAnsiConsole console, KernelProfile profile, KernelProbe? probe)
    {
        Table view = CreateTable("FEATURE", "SINCE", "HERE", "DEFAULT", "EVIDENCE");
        foreach (OverlayFeature feature in OverlayFeatures.All)
        {
            FeatureEvidence evidence = (probe?.ApplyTo(profile) ?? profile)[feature];
            string setting = feature.Parameter is { } name && profile.Parameters.TryGetValue(name, out string? value) ? value : "";
            view.AddRow(Terminal.Cell(feature.Id), Terminal.Cell($"{feature.Since}"), Status(evidence), Terminal.Cell(setting), Terminal.Cell(evidence.Source));
        }

        console.Write(view);
    }

    /// <summary>What was tried beside the features, and where trying and looking disagree.</summary>
    private static void WriteTried(IAnsiConsole console, KernelProfile profile, KernelProbe probe)
    {
        console.PutLine();
        Table view = CreateTable("TRIED", "HERE", "EVIDENCE");
        foreach (ProbeResult result in probe.Results.Where(result => OverlayFeatures.Find(result.Id) is null))
            view.AddRow(Terminal.Cell(result.Id), Status(result.Evidence), Terminal.Cell(result.Evidence.Source));
        console.Write(view);
        foreach (ProbeContradiction contradiction in probe.Contradictions(profile))
        {
            console.PutLine(
                $"{contradiction.Feature.Id}: {contradiction.Passive.Source} says {Word(contradiction.Passive.Status)}, {contradiction.Probed.Source} says {Word(contradiction.Probed.Status)}, which counts",
                Styles.Warning);
        }
    }

    private static Table CreateTable(params string[] columns)
    {
        Table table = new Table().Border(TableBorder.None).AddColumns(columns);
        foreach (TableColumn column in table.Columns)
            column.NoWrap().PadLeft(0).PadRight(2);
        return table;
    }

    private static Text Status(FeatureEvidence evidence) => Terminal.Cell(Word(evidence.Status), evidence.Status switch
    {
        FeatureStatus.Yes => Styles.Overlay,
        FeatureStatus.No => Styles.Warning,
        _ => Styles.Hidden,
    });
}
