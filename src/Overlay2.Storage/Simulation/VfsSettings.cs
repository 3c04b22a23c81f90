namespace Overlay2.Storage.Simulation;

/// <summary>Settings of the host that decide path operations: proc_sys_fs(5).</summary>
public sealed record VfsSettings
{
    /// <summary>fs.protected_hardlinks.</summary>
    public bool ProtectedHardLinks { get; init; } = true;

    /// <summary>fs.protected_symlinks.</summary>
    public bool ProtectedSymbolicLinks { get; init; }

    /// <summary>fs.protected_regular: 0, 1 or 2.</summary>
    public int ProtectedRegular { get; init; }

    /// <summary>fs.protected_fifos: 0, 1 or 2.</summary>
    public int ProtectedFifos { get; init; }
}
