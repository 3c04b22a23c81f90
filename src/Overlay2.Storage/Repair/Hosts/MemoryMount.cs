using System.Collections.Immutable;
using System.Globalization;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Mounts;

namespace Overlay2.Storage.Repair.Hosts;

/// <summary>A mount of a copied machine.</summary>
internal sealed class MemoryMount
{
    public MemoryMount(ulong namespaceId, MountEntry entry)
    {
        NamespaceId = namespaceId;
        Entry = entry;
        Id = entry.MountId;
        ParentId = entry.ParentId;
        MountPoint = entry.MountPoint;
        Root = entry.GetRootPath();
        Peers = entry.Propagation.SharedPeerGroup;
        Master = entry.Propagation.Master;
    }

    public ulong NamespaceId { get; }

    public MountEntry Entry { get; }

    /// <summary>Its place in the order in which mounts were made; 0 if it has none yet.</summary>
    public long Order { get; set; }

    public int Id { get; set; }

    public int ParentId { get; set; }

    public BytePath MountPoint { get; set; }

    public BytePath Root { get; set; }

    public int? Peers { get; set; }

    public int? Master { get; set; }

    /// <summary>A copy, as it is now.</summary>
    public MemoryMount Clone() => (MemoryMount)MemberwiseClone();

    /// <summary>Makes it what a copy of it was.</summary>
    public void Become(MemoryMount copy) =>
        (Order, Id, ParentId, MountPoint, Root, Peers, Master) = (copy.Order, copy.Id, copy.ParentId, copy.MountPoint, copy.Root, copy.Peers, copy.Master);

    /// <summary>Whether a copy of it is of the same state.</summary>
    public bool IsSame(MemoryMount copy) =>
        (Order, Id, ParentId, MountPoint, Root, Peers, Master) == (copy.Order, copy.Id, copy.ParentId, copy.MountPoint, copy.Root, copy.Peers, copy.Master);

    public bool IsOnDevice(MemoryMount other) => Entry.Major == other.Entry.Major && Entry.Minor == other.Entry.Minor;

    /// <summary>Where in the file system a path at or below the mount point is.</summary>
    public BytePath Inside(BytePath path) => Swap(path, MountPoint, Root);

    /// <summary>Where a path in the file system is seen through this mount; <see langword="null"/> if it is not.</summary>
    public BytePath? Outside(BytePath path) => path.StartsWith(Root) ? Swap(path, Root, MountPoint) : null;

    public MountEntry ToEntry(int index) => new()
    {
        Index = index,
        MountId = Id,
        ParentId = ParentId,
        Major = Entry.Major,
        Minor = Entry.Minor,
        Root = Entry.GetRootPath() == Root ? Entry.Root : Root,
        MountPoint = MountPoint,
        Options = Entry.Options,
        OptionalFields = Fields(),
        FileSystemType = Entry.FileSystemType,
        Source = Entry.Source,
        SuperOptions = Entry.SuperOptions,
    };

    public static BytePath Swap(BytePath path, BytePath from, BytePath to)
    {
        PathComponents components = path.GetComponents();
        foreach (ReadOnlySpan<byte> _ in from.GetComponents())
            components.MoveNext();
        ReadOnlySpan<byte> rest = path.Span[components.Through.Length..].TrimStart((byte)'/');
        return to.Combine(new BytePath(rest));
    }

    private ImmutableArray<ByteString> Fields()
    {
        MountPropagation old = Entry.Propagation;
        if (old.SharedPeerGroup == Peers && old.Master == Master)
            return Entry.OptionalFields;
        var fields = ImmutableArray.CreateBuilder<ByteString>();
        if (Peers is { } peers)
            fields.Add(ByteString.FromText(string.Create(CultureInfo.InvariantCulture, $"shared:{peers}")));
        if (Master is { } master)
            fields.Add(ByteString.FromText(string.Create(CultureInfo.InvariantCulture, $"master:{master}")));
        return fields.ToImmutable();
    }
}
