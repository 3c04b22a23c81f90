namespace Overlay2.Storage.Simulation.Backing;

/// <summary>What an object on disk is, as far as stat(2) tells.</summary>
internal readonly record struct LoadedStatus
{
    public ulong Number { get; init; }

    public FileType Type { get; init; }

    public int Mode { get; init; }

    public uint Uid { get; init; }

    public uint Gid { get; init; }

    public int LinkCount { get; init; }

    public long Size { get; init; }

    public long AccessTime { get; init; }

    public long ModificationTime { get; init; }

    public long ChangeTime { get; init; }

    public FileAttributeFlags Flags { get; init; }

    public DeviceNumber Device { get; init; }

    public Bytes.ByteString LinkTarget { get; init; }
}
