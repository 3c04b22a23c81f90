using System.Collections.Immutable;
using System.Globalization;

namespace Overlay2.Storage.Kernel;

/// <summary>What one kernel can do with overlays, as data: of a machine that was looked at, or of any version as documented.</summary>
/// <remarks>Immutable, thread-safe; nothing here looks at the machine. <see cref="ToJson"/> and <see cref="Parse"/> keep it in a file.</remarks>
public sealed partial class KernelProfile
{
    /// <summary>The upstream version.</summary>
    public required KernelVersion Version { get; init; }

    /// <summary>The release as uname(2) gives it.</summary>
    public required string Release { get; init; }

    /// <summary>The version text as uname(2) gives it; empty if not known.</summary>
    public string VersionText { get; init; } = "";

    /// <summary>The machine as uname(2) gives it, such as <c>x86_64</c>; empty if not known.</summary>
    public string Machine { get; init; } = "";

    /// <summary>The files of /sys/module/overlay/parameters: name and content, without the final newline.</summary>
    public ImmutableSortedDictionary<string, string> Parameters { get; init; } = NoTexts;

    /// <summary>Lines of the kernel configuration, as written there; empty if not known.</summary>
    public ImmutableArray<string> KernelConfig { get; init; } = [];

    /// <summary>The file system types of /proc/filesystems; empty if not known.</summary>
    public ImmutableArray<string> FileSystems { get; init; } = [];

    /// <summary>What is known of each feature, by <see cref="OverlayFeature.Id"/>; names that this library does not know are kept.</summary>
    public ImmutableSortedDictionary<string, FeatureEvidence> Features { get; init; } =
        ImmutableSortedDictionary.Create<string, FeatureEvidence>(StringComparer.Ordinal);

    private static ImmutableSortedDictionary<string, string> NoTexts { get; } =
        ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);

    /// <summary>What is known of a feature.</summary>
    /// <param name="feature">The feature.</param>
    public FeatureEvidence this[OverlayFeature feature]
    {
        get
        {
            ArgumentNullException.ThrowIfNull(feature);
            return Features.GetValueOrDefault(feature.Id, FeatureEvidence.None);
        }
    }

    /// <summary>The profile of an upstream kernel as documented, with every default of its configuration.</summary>
    /// <param name="version">The version; where a stable update changed something at an unknown point, the feature is Unknown.</param>
    public static KernelProfile Defaults(KernelVersion version)
    {
        var parameters = NoTexts.ToBuilder();
        var features = ImmutableSortedDictionary.CreateBuilder<string, FeatureEvidence>(StringComparer.Ordinal);
        foreach (OverlayFeature feature in OverlayFeatures.All)
        {
            FeatureEvidence evidence = feature.In(version);
            features[feature.Id] = evidence;
            if (feature is { Parameter: { } name, ParameterDefault: { } value } && evidence.Status == FeatureStatus.Yes)
                parameters[name] = value;
        }

        return new KernelProfile
        {
            Version = version,
            Release = version.ToString(),
            VersionText = string.Create(CultureInfo.InvariantCulture, $"Linux {version} defaults"),
            Parameters = parameters.ToImmutable(),
            Features = features.ToImmutable(),
        };
    }

    /// <summary>Whether to reckon with a feature: what is known, or where nothing is known what the release number says.</summary>
    /// <param name="feature">The feature.</param>
    public bool Supports(OverlayFeature feature) => this[feature].Status switch
    {
        FeatureStatus.Yes => true,
        FeatureStatus.No => false,
        _ => Version >= feature.Since,
    };

    /// <summary>Whether a module parameter is switched on; one that is absent is off.</summary>
    /// <param name="parameter">The name of the file in /sys/module/overlay/parameters.</param>
    public bool IsOn(string parameter) => Parameters.TryGetValue(parameter, out string? value) && value is ['Y' or 'y' or '1', ..];

    /// <summary>This profile with another value of a module parameter.</summary>
    /// <param name="parameter">The name of the file in /sys/module/overlay/parameters.</param>
    /// <param name="value">Its content.</param>
    public KernelProfile WithParameter(string parameter, string value) => Copy(Parameters.SetItem(parameter, value), Features);

    /// <summary>This profile with other evidence about a feature.</summary>
    /// <param name="feature">The feature.</param>
    /// <param name="evidence">What is known now.</param>
    public KernelProfile WithFeature(OverlayFeature feature, FeatureEvidence evidence)
    {
        ArgumentNullException.ThrowIfNull(feature);
        ArgumentNullException.ThrowIfNull(evidence);
        return Copy(Parameters, Features.SetItem(feature.Id, evidence));
    }

    /// <summary>The release, for showing.</summary>
    public override string ToString() => "Linux " + Release;

    private KernelProfile Copy(ImmutableSortedDictionary<string, string> parameters, ImmutableSortedDictionary<string, FeatureEvidence> features) => new()
    {
        Version = Version,
        Release = Release,
        VersionText = VersionText,
        Machine = Machine,
        Parameters = parameters,
        KernelConfig = KernelConfig,
        FileSystems = FileSystems,
        Features = features,
    };
}
