namespace Overlay2.Cli.Lab;

/// <summary>What a fault of the lab is in.</summary>
internal enum LabKind
{
    /// <summary>The mounts of a driver home.</summary>
    Mounts,

    /// <summary>The files of a store.</summary>
    Store,

    /// <summary>The engine's configuration.</summary>
    Configuration,
}
