using Overlay2.Storage.Bytes;
using Overlay2.Storage.Simulation.Merging;

namespace Overlay2.Storage.Simulation;

/// <summary>One entry of a directory as getdents64(2) gives it.</summary>
public readonly record struct DirectoryEntry
{
    internal DirectoryEntry(ByteString name, FileType type, InodeIdentity identity, ulong number)
    {
        InodeNumber = number;
        Name = name;
        Type = type;
        Identity = identity;
    }

    /// <summary>The name.</summary>
    public ByteString Name { get; }

    /// <summary>d_ino; on a mount over several file systems without xino it may be that of the real object and differ from st_ino.</summary>
    public ulong InodeNumber { get; }

    /// <summary>The type.</summary>
    public FileType Type { get; }

    internal InodeIdentity Identity { get; }
}
