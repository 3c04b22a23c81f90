namespace Overlay2.Storage.Simulation.Merging;

/// <summary>The switches of a mount as they are in force.</summary>
internal sealed record MountFeatures
{
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

    /// <summary>Whether an <c>overlay.uuid</c> attribute is kept.</summary>
    public UuidMode Uuid { get; init; } = UuidMode.Auto;

    /// <summary>Whether one of the features is in force that forbid changes of lower layers between mounts.</summary>
    public bool ForbidsOfflineChanges => Index || Metacopy || RedirectCreate || XinoOn;
}
