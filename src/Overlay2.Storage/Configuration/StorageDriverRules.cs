using System.Buffers.Text;
using System.Text;
using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.Configuration;

/// <summary>The engine's rules about storage drivers and their options that need no look at the host.</summary>
/// <remarks>Sources: the engine's list of deprecated features (which names the versions), dockerd(8); the answers of 20.10 measured.</remarks>
internal static class StorageDriverRules
{
    public const string SnapshotterFeature = "containerd-snapshotter";
    public const string Overlay2 = "overlay2";
    public const string FuseOverlay = "fuse-overlayfs";
    public const string Vfs = "vfs";
    public const string Btrfs = "btrfs";
    public const string Zfs = "zfs";
    public const string Overlay = "overlay";

    private static readonly ByteString SizeOption = ByteString.FromText("overlay2.size");
    private static readonly ByteString KernelCheckOption = ByteString.FromText("overlay2.override_kernel_check");

    /// <summary>The versions that carry a driver; <see langword="null"/> for a driver that no version has.</summary>
    public static EngineVersions? VersionsOf(string driver) => driver switch
    {
        Overlay2 or FuseOverlay or Vfs or Btrfs or Zfs => EngineVersions.All,
        Overlay or "aufs" => EngineVersions.Before(24),
        "devicemapper" => EngineVersions.Before(25),
        _ => null,
    };

    /// <summary>The drivers that some version has.</summary>
    public static string[] All { get; } = [Overlay2, FuseOverlay, Vfs, Btrfs, Zfs, Overlay, "aufs", "devicemapper"];

    /// <summary>The drivers that some version has, and the snapshotters that containerd's documentation names: what can stand as a driver somewhere.</summary>
    public static string[] AllNames { get; } = [.. All, "overlayfs", "native", "blockfile", "erofs", "stargz", "nydus", "soci", "overlaybd"];

    /// <summary>Whether a name is one of these.</summary>
    public static bool IsKnownName(string name) => AllNames.Contains(name, StringComparer.Ordinal);

    /// <summary>Whether the driver's store is containerd's, where the driver's name is that of a snapshotter.</summary>
    public static bool UsesContainerd(IEnumerable<EngineSetting> settings) => Feature(settings, SnapshotterFeature)?.Value.Span.SequenceEqual("true"u8) ?? false;

    /// <summary>A feature as file or flag gives it, <c>true</c> or <c>false</c>: a flag has <c>NAME</c> or <c>NAME=VALUE</c>.</summary>
    public static EngineSetting? Feature(IEnumerable<EngineSetting> settings, string name)
    {
        EngineSetting? found = null;
        string inFile = $"{EngineDirectives.Features}.{name}";
        foreach (EngineSetting setting in settings)
        {
            string value = setting.Value.ToString();
            if (setting.Name == inFile && value is "true" or "false")
                found = setting;
            else if (setting.Name == EngineDirectives.Features && (value == name || value.StartsWith($"{name}=", StringComparison.Ordinal)))
                found = new EngineSetting(inFile, ByteString.FromText(value == name || value[(name.Length + 1)..] is "1" or "t" or "T" or "TRUE" or "true" or "True" ? "true" : "false"), setting.Source);
        }

        return found;
    }

    /// <summary>Whether a name is one that some engine has had as that of a driver of its own, so that a snapshotter of containerd is hardly meant.</summary>
    private static bool IsNoSnapshotter(string driver) => driver is Overlay2 or Overlay or Vfs or "aufs" or "devicemapper";

    /// <summary>Adds the problems of the chosen driver and its options.</summary>
    public static void Check(EngineSetting? driver, List<EngineSetting> settings, List<EngineProblem> problems)
    {
        EngineSetting? store = Feature(settings, SnapshotterFeature);
        if (UsesContainerd(settings))
        {
            CheckSnapshotter(store!, driver, settings, problems);
            return;
        }

        if (driver is not null)
            CheckDriver(driver, store is not null, problems);
        if (driver is null || driver.Value.Span.SequenceEqual("overlay2"u8))
            problems.AddRange(settings.Where(setting => setting.Name == EngineDirectives.StorageOptions).Select(CheckOption).OfType<EngineProblem>());
    }

    /// <summary>Whether an option asks for a quota.</summary>
    public static bool AsksForQuota(EngineSetting option) => TryReadOption(option.Value, out ByteString key, out ByteString value)
        && key == SizeOption && TryReadSize(value.Span, out double size) && size > 0;

    /// <summary>Whether an option was removed from the engine.</summary>
    public static bool IsRemovedOption(ByteString option) => TryReadOption(option, out ByteString key, out _) && key == KernelCheckOption;

    private static void CheckSnapshotter(EngineSetting store, EngineSetting? driver, List<EngineSetting> settings, List<EngineProblem> problems)
    {
        if (driver is not null && IsNoSnapshotter(driver.Value.ToString()))
        {
            problems.Add(new EngineProblem(EngineProblemKind.ImageStoreConflict,
                $"containerd's image store is switched on, and so engines before 29 take the storage driver {driver.Value} for the name of a snapshotter: they start, and the first pull or build fails with \"snapshotter not loaded: {driver.Value}: invalid argument\". Name a snapshotter (overlayfs), or none, or switch that store off.",
                EngineVersions.None, store.Source, driver.Source));
        }

        if (settings.LastOrDefault(setting => setting.Name == EngineDirectives.RemappedUser) is { } remapped && RemappedUsers.IsOn(remapped))
        {
            problems.Add(new EngineProblem(EngineProblemKind.ImageStoreConflict,
                "containerd's image store is switched on, and users are remapped (userns-remap): that store does not do this, by the engine's documentation.", EngineVersions.None, store.Source, remapped.Source));
        }
    }

    private static void CheckDriver(EngineSetting driver, bool isClassicChosen, List<EngineProblem> problems)
    {
        string name = driver.Value.ToString();
        switch (VersionsOf(name))
        {
            case null when isClassicChosen:
                problems.Add(new EngineProblem(EngineProblemKind.UnsupportedDriver,
                    $"The engine has no storage driver \"{name}\", and the feature {SnapshotterFeature} is switched off, so that it is no snapshotter either.", EngineVersions.All, driver.Source));
                break;
            case null:
                problems.Add(new EngineProblem(EngineProblemKind.UnsupportedDriver,
                    $"The engine has no storage driver \"{name}\"; from 29 on it takes the name as that of a containerd snapshotter.", EngineVersions.Before(29), driver.Source));
                break;
            case { End: < int.MaxValue } versions:
                problems.Add(new EngineProblem(EngineProblemKind.RemovedDriver,
                    $"The storage driver {name} was removed in engine {versions.End}.", EngineVersions.Since(versions.End), driver.Source));
                problems.Add(new EngineProblem(EngineProblemKind.DeprecatedDriver, $"The storage driver {name} is deprecated.", EngineVersions.None, driver.Source));
                break;
        }
    }

    private static EngineProblem? CheckOption(EngineSetting option)
    {
        if (!TryReadOption(option.Value, out ByteString key, out ByteString value))
            return new EngineProblem(EngineProblemKind.UnknownOption, $"The storage option \"{option.Value}\" is not of the form key=value.", EngineVersions.All, option.Source);
        if (key == KernelCheckOption)
        {
            return new EngineProblem(EngineProblemKind.RemovedOption,
                $"The storage option {key} was removed in engine 24; 20 and later ignore it.", EngineVersions.Since(24), option.Source) { Directive = EngineDirectives.StorageOptions };
        }

        if (key != SizeOption)
            return new EngineProblem(EngineProblemKind.UnknownOption, $"The driver overlay2 knows no option {key}.", EngineVersions.All, option.Source);
        if (!TryReadSize(value.Span, out _))
            return new EngineProblem(EngineProblemKind.UnknownOption, $"\"{value}\" is no size for {key}.", EngineVersions.All, option.Source);
        return null;
    }

    /// <summary>Splits an option; the engine compares keys without regard to case and to white space around them.</summary>
    private static bool TryReadOption(ByteString option, out ByteString key, out ByteString value)
    {
        int equals = option.Span.IndexOf((byte)'=');
        key = equals < 0 ? default : new ByteString(Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(option.Span[..equals].Trim(" \t"u8)).ToLowerInvariant()));
        value = equals < 0 ? default : new ByteString(option.Span[(equals + 1)..].Trim(" \t"u8));
        return equals >= 0;
    }

    /// <summary>Reads a size such as <c>10G</c>, <c>1.5 GiB</c> or <c>1024</c>.</summary>
    private static bool TryReadSize(ReadOnlySpan<byte> text, out double size)
    {
        if (!Utf8Parser.TryParse(text, out size, out int length) || size < 0 || text[0] is not (>= (byte)'0' and <= (byte)'9'))
            return false;
        ReadOnlySpan<byte> unit = text[length..].TrimStart((byte)' ');
        string suffix = Encoding.Latin1.GetString(unit).ToLowerInvariant();
        return suffix.Length == 0 || suffix is "b" || ("kmgtp".Contains(suffix[0], StringComparison.Ordinal) && suffix[1..] is "" or "b" or "ib");
    }
}
