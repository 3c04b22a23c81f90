using System.Text.Json;
using Overlay2.Storage.Detection;
using Overlay2.Storage.Kernel;

namespace Overlay2.Cli.Output;

/// <summary><c>kernel --json</c>, format version 1.</summary>
internal static class KernelJson
{
    public static void Write(Utf8JsonWriter json, KernelDetection detection, KernelProbe? probe)
    {
        KernelProfile profile = detection.Profile;
        json.WriteStartObject();
        json.WriteNumber("formatVersion", 1);
        json.WriteString("release", profile.Release);
        json.WriteString("version", profile.Version.ToString());
        json.WriteBoolean("mayHoldBackports", detection.MayHoldBackports);
        WriteFeatures(json, profile, probe);
        if (probe is not null)
            WriteProbe(json, profile, probe);
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

    private static void WriteFeatures(Utf8JsonWriter json, KernelProfile profile, KernelProbe? probe)
    {
        KernelProfile known = probe?.ApplyTo(profile) ?? profile;
        json.WriteStartArray("features");
        foreach (OverlayFeature feature in OverlayFeatures.All)
        {
            json.WriteStartObject();
            json.WriteString("id", feature.Id);
            json.WriteString("description", feature.Description);
            json.WriteString("since", feature.Since.ToString());
            WriteEvidence(json, known[feature]);
            if (feature.Parameter is { } name && profile.Parameters.TryGetValue(name, out string? value))
                json.WriteString("default", value);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteProbe(Utf8JsonWriter json, KernelProfile profile, KernelProbe probe)
    {
        json.WriteStartArray("probe");
        foreach (ProbeResult result in probe.Results)
        {
            json.WriteStartObject();
            json.WriteString("id", result.Id);
            json.WriteString("description", result.Description);
            WriteEvidence(json, result.Evidence);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("contradictions");
        foreach (ProbeContradiction contradiction in probe.Contradictions(profile))
        {
            json.WriteStartObject();
            json.WriteString("id", contradiction.Feature.Id);
            json.WriteString("passive", contradiction.Passive.Source);
            json.WriteString("probed", contradiction.Probed.Source);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteEvidence(Utf8JsonWriter json, FeatureEvidence evidence)
    {
        json.WriteString("status", KernelView.Word(evidence.Status));
        json.WriteString("evidence", evidence.Source);
    }
}
