using System.Collections.Immutable;
using System.Globalization;

namespace Overlay2.Storage.Kernel;

/// <summary>One ability of overlayfs, as documentation: since when, how it is switched and how it is found out.</summary>
/// <remarks>The rows are in <see cref="OverlayFeatures"/>. Immutable, thread-safe, equal by reference.</remarks>
public sealed class OverlayFeature
{
    internal OverlayFeature(string id, KernelVersion since, string description)
    {
        Id = id;
        Since = since;
        Description = description;
    }

    /// <summary>The stable name, used in files: lower case, words joined by hyphens.</summary>
    public string Id { get; }

    /// <summary>One plain sentence.</summary>
    public string Description { get; }

    /// <summary>The release it came with upstream; stable kernels may have it earlier, see <see cref="Sightings"/>.</summary>
    public KernelVersion Since { get; }

    /// <summary>The mount option that switches it or that it brought, as one writes it; <see langword="null"/> if there is none.</summary>
    public string? MountOption { get; internal init; }

    /// <summary>The file in /sys/module/overlay/parameters that holds the default; <see langword="null"/> if there is none.</summary>
    public string? Parameter { get; internal init; }

    /// <summary>What <see cref="Parameter"/> holds unless the kernel was configured otherwise; <see langword="null"/> without one.</summary>
    public string? ParameterDefault { get; internal init; }

    /// <summary>The kernel configuration symbol, without <c>CONFIG_</c>, that sets the default; <see langword="null"/> if there is none.</summary>
    public string? KernelConfig { get; internal init; }

    /// <summary>How a running kernel can be asked: every way there is.</summary>
    public FeatureDetection Detection { get; internal init; }

    /// <summary>Where the release number comes from: a section of the kernel's overlayfs document, or the release history.</summary>
    public string Source { get; internal init; } = "release history";

    /// <summary>Kernels that were tried, where the release number alone misleads; ascending.</summary>
    public ImmutableArray<FeatureSighting> Sightings { get; internal init; } = [];

    /// <summary>What the documentation says about a version: an update of a series that was tried follows what was seen there,
    /// any other the release number.</summary>
    /// <param name="version">The kernel.</param>
    public FeatureEvidence In(KernelVersion version)
    {
        FeatureSighting? before = null, after = null;
        foreach (FeatureSighting sighting in Sightings)
        {
            if (!sighting.Version.IsSameSeries(version))
                continue;
            if (sighting.Version <= version)
                before = sighting;
            else
                after ??= sighting;
        }

        return (before, after) switch
        {
            ({ } seen, null) => Seen(seen),
            ({ } seen, { } later) when seen.Present == later.Present || seen.Version == version => Seen(seen),
            ({ } seen, { } later) => new(FeatureStatus.Unknown, Text($"changed between {seen.Version} and {later.Version}")),
            (null, { Present: false } later) => Seen(later),
            (null, { Present: true } later) when version < Since => new(FeatureStatus.Unknown, Text($"backported in {later.Version} or before")),
            _ => new(version >= Since ? FeatureStatus.Yes : FeatureStatus.No, Text($"since Linux {Since}")),
        };
    }

    /// <summary>The stable name.</summary>
    public override string ToString() => Id;

    private static FeatureEvidence Seen(FeatureSighting sighting) =>
        new(sighting.Present ? FeatureStatus.Yes : FeatureStatus.No,
            Text($"{(sighting.Present ? "seen" : "not there")} in Linux {sighting.Version}"));

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
