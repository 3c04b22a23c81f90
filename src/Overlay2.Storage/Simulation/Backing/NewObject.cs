using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.Simulation.Backing;

/// <summary>What a new object shall be.</summary>
internal readonly record struct NewObject
{
    public FileType Type { get; init; }

    /// <summary>The mode asked for, before umask and default ACL.</summary>
    public int Mode { get; init; }

    public int Umask { get; init; }

    public uint Uid { get; init; }

    public uint Gid { get; init; }

    public DeviceNumber Device { get; init; }

    public ByteString LinkTarget { get; init; }
}
