using System.Collections.Immutable;
using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.Mounts;

/// <summary>One mount: a line of mountinfo, decoded, byte for byte.</summary>
/// <remarks>
/// <para>Immutable and thread-safe. The values are slices of the text that the table keeps; a field is copied only where an
/// escape had to be decoded. Two entries are equal only if they are the same object.</para>
/// <para>Source: proc_pid_mountinfo(5).</para>
/// </remarks>
public sealed partial class MountEntry
{
    private static ReadOnlySpan<byte> DeletedSuffix => "//deleted"u8;

    internal MountEntry()
    {
    }

    /// <summary>The id of the mount; used again by the kernel after an unmount.</summary>
    public int MountId { get; internal init; }

    /// <summary>The id of the mount that is never used again, as statx(2) and statmount(2) know it (Linux 6.8); 0 if not known: the
    /// text does not show it.</summary>
    public ulong UniqueId { get; internal init; }

    /// <summary>The id of the mount this one is mounted on. Not in the table if that mount can not be reached from the process's root.</summary>
    public int ParentId { get; internal init; }

    /// <summary>The major number of the device that stat(2) gives for files of the file system.</summary>
    public int Major { get; internal init; }

    /// <summary>The minor number of the device that stat(2) gives for files of the file system.</summary>
    public int Minor { get; internal init; }

    /// <summary>The path within the file system that forms the root of the mount; not always a path (<c>net:[4026532569]</c>),
    /// and with <c>//deleted</c> at the end if it was removed (see <see cref="GetRootPath"/>).</summary>
    public BytePath Root { get; internal init; }

    /// <summary>Where it is mounted, from the root directory of the process whose table this is.</summary>
    public BytePath MountPoint { get; internal init; }

    /// <summary>The options of the mount itself, separated by commas, as the kernel wrote them.</summary>
    public ByteString Options { get; internal init; }

    /// <summary>The optional fields, <c>tag</c> or <c>tag:value</c>, in order, unknown tags too.</summary>
    public ImmutableArray<ByteString> OptionalFields { get; internal init; } = [];

    /// <summary>The optional fields as propagation.</summary>
    public MountPropagation Propagation => MountPropagation.Read(OptionalFields);

    /// <summary>The type of the file system, with its subtype after a dot (<c>fuse.sshfs</c>).</summary>
    public ByteString FileSystemType { get; internal init; }

    /// <summary>What was mounted, in words of the file system; may be empty.</summary>
    public ByteString Source { get; internal init; }

    /// <summary>The options of the super block as the kernel wrote them, still escaped: for an overlay they hold its directories.</summary>
    public ByteString SuperOptions { get; internal init; }

    /// <summary>Whether this is an overlay (type <c>overlay</c>; FUSE overlays have types of their own).</summary>
    public bool IsOverlay => FileSystemType.Span.SequenceEqual("overlay"u8);

    /// <summary>Whether the directory or file that forms the root of the mount was removed.</summary>
    public bool IsRootDeleted => Root.Span.EndsWith(DeletedSuffix);

    /// <summary>The place of the entry in its table, from 0: tables list mounts in the order in which they were made.</summary>
    public int Index { get; internal init; }

    /// <summary>The root of the mount without the mark of a removed one.</summary>
    /// <remarks>The mark can not be mistaken: a path in it never holds two slashes in a row.</remarks>
    public BytePath GetRootPath()
    {
        if (!IsRootDeleted)
            return Root;
        ReadOnlyMemory<byte> path = Root.Bytes.Memory[..^DeletedSuffix.Length];
        return path.IsEmpty ? BytePath.Root : new BytePath(ByteString.Wrap(path));
    }

    /// <summary>The same mount at another place of a table.</summary>
    internal MountEntry At(int index) => Index == index ? this : new()
    {
        Index = index,
        UniqueId = UniqueId,
        MountId = MountId,
        ParentId = ParentId,
        Major = Major,
        Minor = Minor,
        Root = Root,
        MountPoint = MountPoint,
        Options = Options,
        OptionalFields = OptionalFields,
        FileSystemType = FileSystemType,
        Source = Source,
        SuperOptions = SuperOptions,
    };

    /// <summary>The mount point and the mount id, for showing.</summary>
    public override string ToString() =>
        string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{MountPoint} ({FileSystemType}, mount {MountId})");
}
