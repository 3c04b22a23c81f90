using Overlay2.Storage.MountOptions;

namespace Overlay2.Storage.Simulation.Merging;

/// <summary>The switches of a mount as they are in force.</summary>
internal sealed record MountFeatures
{
    /// <summary>The switches that a kernel derives from options.</summary>
    /// <param name="effective">The options in force.</param>
    /// <param name="given">The options as they were given: <c>xino=on</c> counts even where it is of no use.</param>
    public static MountFeatures From(EffectiveOptions effective, OverlayMountOptions given) => new()
    {
        RedirectCreate = effective.Redirect == RedirectMode.On,
        RedirectFollow = effective.Redirect != RedirectMode.NoFollow,
        RedirectMax = effective.RedirectMax,
        Index = effective.Index,
        NfsExport = effective.NfsExport,
        Metacopy = effective.Metacopy,
        Xino = effective.Xino != XinoMode.Off,
        XinoOn = given.TryGet("xino"u8, out OverlayOption xino) && xino == OverlayOption.FromText("xino", "on"),
        UserXattr = effective.UserXattr,
        Volatile = effective.Fsync == FsyncMode.Volatile,
        HandleUuid = effective.Uuid != UuidMode.Off,
        HasUuidMark = effective.Uuid == UuidMode.On,
    };

    public bool RedirectCreate { get; init; }

    public bool RedirectFollow { get; init; }

    public int RedirectMax { get; init; } = 256;

    public bool Index { get; init; }

    public bool NfsExport { get; init; }

    public bool Metacopy { get; init; }

    /// <summary>Whether inode numbers of several file systems are put into one space.</summary>
    public bool Xino { get; init; }

    /// <summary>Whether that was asked for with <c>xino=on</c>.</summary>
    public bool XinoOn { get; init; }

    public bool UserXattr { get; init; }

    public bool Volatile { get; init; }

    /// <summary>Whether file handles carry the UUID of their file system (all but <c>uuid=off</c>).</summary>
    public bool HandleUuid { get; init; } = true;

    /// <summary>Whether the upper root keeps an <c>overlay.uuid</c> mark.</summary>
    public bool HasUuidMark { get; init; }

    /// <summary>Whether one of the features is in force that forbid changes of lower layers between mounts.</summary>
    public bool ForbidsOfflineChanges => Index || Metacopy || RedirectCreate || XinoOn;
}
