namespace Overlay2.Storage.Simulation;

/// <summary>Who does an operation: user and group for access checks, and whether all capabilities are held.</summary>
/// <param name="Uid">The user.</param>
/// <param name="Gid">The group; there are no supplementary groups.</param>
/// <param name="IsCapable">Whether every capability of capabilities(7) is effective.</param>
public readonly record struct Credentials(uint Uid, uint Gid, bool IsCapable)
{
    /// <summary>The superuser with all capabilities.</summary>
    public static Credentials Root { get; } = new(0, 0, true);

    /// <summary>An ordinary user without capabilities.</summary>
    /// <param name="id">The number used for both user and group.</param>
    public static Credentials User(uint id) => new(id, id, false);
}
