using System.Collections.Immutable;
using System.Globalization;
using Overlay2.Storage.Kernel;

namespace Overlay2.Storage.Detection;

/// <summary>What was read of a kernel, and what follows for each feature. Pure.</summary>
internal sealed class KernelFacts
{
    private const string Overlay = "overlay";

    /// <summary><see langword="null"/> if the release could not be read.</summary>
    public required KernelVersion? Version { get; init; }

    public required bool MayHoldBackports { get; init; }

    /// <summary>Empty if not known: a kernel without any file system type there is none.</summary>
    public required ImmutableArray<string> FileSystems { get; init; }

    public required ImmutableArray<string> Config { get; init; }

    /// <summary><see langword="null"/> if the directory was not there or could not be read.</summary>
    public required ImmutableSortedDictionary<string, string>? Parameters { get; init; }

    /// <summary>The directory of parameters is missing, in a /sys/module that is there.</summary>
    public required bool LacksParameters { get; init; }

    /// <summary>The overlay module is installed for this release.</summary>
    public required bool HasModule { get; init; }

    public ImmutableSortedDictionary<string, FeatureEvidence> Judge()
    {
        FeatureEvidence overlay = JudgeOverlay();
        OverlayFeature? newest = NewestParameter();
        var features = ImmutableSortedDictionary.CreateBuilder<string, FeatureEvidence>(StringComparer.Ordinal);
        foreach (OverlayFeature feature in OverlayFeatures.All)
            features[feature.Id] = feature == OverlayFeatures.Overlay ? overlay : Judge(feature, overlay, newest);
        return features.ToImmutable();
    }

    public FeatureEvidence JudgeUnprivilegedMount(ImmutableArray<KernelSetting> settings)
    {
        if (ConfigValue("USER_NS") == "n")
            return new(FeatureStatus.No, "CONFIG_USER_NS is not set");
        foreach (string name in (ReadOnlySpan<string>)["user.max_user_namespaces", "user.max_mnt_namespaces", "kernel.unprivileged_userns_clone"])
        {
            if (Value(name) == "0")
                return new(FeatureStatus.No, $"{name} is 0");
        }

        if (Value("kernel.apparmor_restrict_unprivileged_userns") is { Length: > 0 } restricted && restricted != "0")
            return new(FeatureStatus.Unknown, "kernel.apparmor_restrict_unprivileged_userns: only programs with a profile that allows it");
        if (Value("user.max_user_namespaces").Length == 0)
            return new(FeatureStatus.Unknown, "user.max_user_namespaces could not be read");
        if (Parameters?.TryGetValue("permit_mounts_in_userns", out string? permit) == true)
            return new(permit is ['Y' or '1', ..] ? FeatureStatus.Yes : FeatureStatus.No, "module parameter permit_mounts_in_userns");
        FeatureEvidence release = FromRelease(OverlayFeatures.UserXattr);
        return release with { Source = $"user namespaces are allowed; mounting overlays in them: {release.Source}" };

        string Value(string name) => settings.First(s => string.Equals(s.Name, name, StringComparison.Ordinal)).Value;
    }

    private FeatureEvidence JudgeOverlay()
    {
        if (FileSystems.Contains(Overlay, StringComparer.Ordinal))
            return new(FeatureStatus.Yes, "/proc/filesystems");
        if (HasModule)
            return new(FeatureStatus.Yes, "not loaded, but the module is installed");
        return ConfigValue("OVERLAY_FS") switch
        {
            "n" => new(FeatureStatus.No, "CONFIG_OVERLAY_FS is not set"),
            "m" => new(FeatureStatus.Unknown, "CONFIG_OVERLAY_FS=m, but the module was neither loaded nor found"),
            "y" when FileSystems.IsEmpty => new(FeatureStatus.Yes, "CONFIG_OVERLAY_FS=y"),
            _ when FileSystems.IsEmpty => new(FeatureStatus.Unknown, "neither /proc/filesystems nor a configuration could be read"),
            _ => new(FeatureStatus.Unknown, "not in /proc/filesystems, but a module could be loaded"),
        };
    }

    private FeatureEvidence Judge(OverlayFeature feature, FeatureEvidence overlay, OverlayFeature? newest)
    {
        if (overlay.Status == FeatureStatus.No)
            return new(FeatureStatus.No, $"no overlayfs: {overlay.Source}");
        if (feature.Parameter is { } name)
        {
            if (Parameters is not null)
                return new(Parameters.ContainsKey(name) ? FeatureStatus.Yes : FeatureStatus.No, $"module parameter {name}");
            if (LacksParameters && FileSystems.Contains(Overlay, StringComparer.Ordinal))
                return new(FeatureStatus.No, "overlayfs is there, but has no module parameters");
        }

        FeatureEvidence release = FromRelease(feature);
        return release.Status != FeatureStatus.Yes && newest is not null && feature.Since <= newest.Since && feature.Sightings.IsEmpty
            ? new(FeatureStatus.Yes, Text($"older than the module parameter {newest.Parameter}, which came with Linux {newest.Since}"))
            : release;
    }

    private FeatureEvidence FromRelease(OverlayFeature feature)
    {
        if (Version is not { } version)
            return new(FeatureStatus.Unknown, "the release could not be read");
        FeatureEvidence documented = feature.In(version);
        return documented.Status == FeatureStatus.No && MayHoldBackports
            ? new(FeatureStatus.Unknown, $"{documented.Source}, but this is not a plain release and may hold backports")
            : documented;
    }

    private OverlayFeature? NewestParameter() => Parameters is null
        ? null
        : OverlayFeatures.All.Where(f => f.Parameter is not null && Parameters.ContainsKey(f.Parameter)).MaxBy(f => f.Since);

    /// <summary>y, m or n; empty if the configuration does not name the symbol or could not be read.</summary>
    private string ConfigValue(string symbol)
    {
        foreach (string line in Config)
        {
            if (line.StartsWith($"CONFIG_{symbol}=", StringComparison.Ordinal))
                return line[(symbol.Length + "CONFIG_=".Length)..];
            if (line.Equals($"# CONFIG_{symbol} is not set", StringComparison.Ordinal))
                return "n";
        }

        return "";
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
