using System.Text.Json;
using Overlay2.Storage.Detection;
using Overlay2.Storage.Kernel;
using Spectre.Console;

namespace Overlay2.Cli.Output;

/// <summary>The abilities of a kernel, for a person and as JSON.</summary>
internal static class KernelView
{
    public static void Write(IAnsiConsole console, KernelDetection detection)
    {
        KernelProfile profile = detection.Profile;
        console.Write(new Text(profile.Release.Length > 0 ? $"Linux {profile.Release}" : "The release of the kernel could not be read.", Styles.Heading));
        console.WriteLine(detection.MayHoldBackports ? "  (a distribution's or own build: it may have more than its number says)" : "");
        console.WriteLine();

        var view = new Table().Border(TableBorder.None).AddColumns("FEATURE", "SINCE", "HERE", "DEFAULT", "EVIDENCE");
        foreach (TableColumn column in view.Columns)
            column.NoWrap().PadLeft(0).PadRight(2);
        foreach (OverlayFeature feature in OverlayFeatures.All)
        {
            FeatureEvidence evidence = profile[feature];
            view.AddRow(
                new Text(feature.Id),
                new Text(feature.Since.ToString()),
                new Text(Word(evidence.Status), evidence.Status switch
                {
                    FeatureStatus.Yes => Styles.Overlay,
                    FeatureStatus.No => Styles.Warning,
                    _ => Styles.Hidden,
                }),
                new Text(feature.Parameter is { } name && profile.Parameters.TryGetValue(name, out string? value) ? value : ""),
                new Text(evidence.Source));
        }

        console.Write(view);
        console.WriteLine();
        console.WriteLine($"An unprivileged user's overlay mount: {Word(detection.UnprivilegedMount.Status)} ({detection.UnprivilegedMount.Source})");
        foreach (KernelSetting setting in detection.Settings)
            console.WriteLine($"{setting.Name}: {(setting.IsKnown ? setting.Value : $"not known ({setting.Source.Status})")}");
    }

    public static void WriteJson(Utf8JsonWriter json, KernelDetection detection)
    {
        KernelProfile profile = detection.Profile;
        json.WriteStartObject();
        json.WriteNumber("formatVersion", 1);
        json.WriteString("release", profile.Release);
        json.WriteString("version", profile.Version.ToString());
        json.WriteBoolean("mayHoldBackports", detection.MayHoldBackports);
        json.WriteStartArray("features");
        foreach (OverlayFeature feature in OverlayFeatures.All)
        {
            json.WriteStartObject();
            json.WriteString("id", feature.Id);
            json.WriteString("description", feature.Description);
            json.WriteString("since", feature.Since.ToString());
            WriteEvidence(json, profile[feature]);
            if (feature.Parameter is { } name && profile.Parameters.TryGetValue(name, out string? value))
                json.WriteString("default", value);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartObject("unprivilegedMount");
        WriteEvidence(json, detection.UnprivilegedMount);
        json.WriteEndObject();
        json.WriteStartObject("settings");
        foreach (KernelSetting setting in detection.Settings)
        {
            if (setting.IsKnown)
                json.WriteString(setting.Name, setting.Value);
            else
                json.WriteNull(setting.Name);
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteEvidence(Utf8JsonWriter json, FeatureEvidence evidence)
    {
        json.WriteString("status", Word(evidence.Status));
        json.WriteString("evidence", evidence.Source);
    }

    private static string Word(FeatureStatus status) => status switch
    {
        FeatureStatus.Yes => "yes",
        FeatureStatus.No => "no",
        _ => "unknown",
    };
}
