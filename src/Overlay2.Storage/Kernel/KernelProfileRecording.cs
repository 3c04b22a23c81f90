using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Overlay2.Storage.Kernel;

/// <summary>A profile as the recorder of mount experiments writes it: uname, parameters, configuration, and what each probed mount answered.</summary>
internal sealed class KernelProfileRecording
{
    public const string Kind = "profile";

    private const string Ok = "OK";

    public string? Kernel { get; init; }

    public string? Release { get; init; }

    public string? Version { get; init; }

    public string? Machine { get; init; }

    public Dictionary<string, string>? Module { get; init; }

    [JsonPropertyName("kconfig")]
    public string[]? KernelConfig { get; init; }

    [JsonPropertyName("filesystems")]
    public string[]? FileSystems { get; init; }

    public Dictionary<string, ProbedMount>? Probe { get; init; }

    public static KernelProfile Read(KernelProfileRecording recording)
    {
        if (!KernelVersion.TryParse(recording.Kernel, out KernelVersion version))
            throw new KernelProfileFormatException("The member kernel is not a version.");

        ImmutableSortedDictionary<string, string> parameters = KernelProfile.Texts(recording.Module, "module");
        var features = ImmutableSortedDictionary.CreateBuilder<string, FeatureEvidence>(StringComparer.Ordinal);
        foreach (OverlayFeature feature in OverlayFeatures.All)
            features[feature.Id] = recording.Probed(feature) ?? Parameter(feature, parameters) ?? feature.In(version);

        return new KernelProfile
        {
            Version = version,
            Release = recording.Release ?? recording.Kernel!,
            VersionText = recording.Version ?? "",
            Machine = recording.Machine ?? "",
            Parameters = parameters,
            KernelConfig = KernelProfile.Lines(recording.KernelConfig, "kconfig"),
            FileSystems = KernelProfile.Lines(recording.FileSystems, "filesystems"),
            Features = features.ToImmutable(),
        };
    }

    private static FeatureEvidence? Parameter(OverlayFeature feature, ImmutableSortedDictionary<string, string> parameters) =>
        feature.Parameter is { } name
            ? new(parameters.ContainsKey(name) ? FeatureStatus.Yes : FeatureStatus.No, $"module parameter {name}")
            : null;

    private FeatureEvidence? Probed(OverlayFeature feature) => feature.Id switch
    {
        _ when feature == OverlayFeatures.NewMountApi => Shows("metacopy=on", "redirect_dir=on", expected: true),
        _ when feature == OverlayFeatures.VerityWithoutMetacopy => Shows("verity=on", "metacopy=on", expected: false),
        _ when feature == OverlayFeatures.DataOnlyLayers => Answers("lowerdir::data,metacopy=on"),
        _ when feature == OverlayFeatures.DataOnlyWithoutMetacopy => Answers("lowerdir::data"),
        _ when feature == OverlayFeatures.LayerAppend => Answers("lowerdir+ and datadir+ alone, metacopy=on", configured: true),
        _ when feature == OverlayFeatures.LayerDescriptors => Answers("layers by descriptor", configured: true),
        _ when feature.MountOption is { } option && feature.Parameter is null => Answers(option),
        _ => null,
    };

    private FeatureEvidence? Answers(string probe, bool configured = false)
    {
        if (Find(probe) is not { } mount || (configured ? mount.FsConfig : mount.Mount) is not { } answer)
            return null;
        string call = configured ? "fsconfig(2)" : "mount(2)";
        return new(answer == Ok ? FeatureStatus.Yes : FeatureStatus.No, $"{call} with {probe} answered {answer}");
    }

    private FeatureEvidence? Shows(string probe, string option, bool expected)
    {
        if (Find(probe) is not { Mount: Ok, Shown: { } options })
            return null;
        bool shown = Array.IndexOf(options, option) >= 0;
        return new(shown == expected ? FeatureStatus.Yes : FeatureStatus.No, $"a mount with {probe} {(shown ? "shows" : "does not show")} {option}");
    }

    private ProbedMount? Find(string probe) => Probe?.GetValueOrDefault(probe);

    /// <summary>What one probed mount answered.</summary>
    internal sealed class ProbedMount
    {
        public string? Mount { get; init; }

        [JsonPropertyName("fsconfig")]
        public string? FsConfig { get; init; }

        public string[]? Shown { get; init; }
    }
}
