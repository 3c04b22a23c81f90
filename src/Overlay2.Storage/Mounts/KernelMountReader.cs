using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Runtime.InteropServices;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Interop;

namespace Overlay2.Storage.Mounts;

/// <summary>Asks statmount(2) for mounts, one by one, and makes entries of the answers as mountinfo would print them.</summary>
/// <remarks>Not thread-safe: it keeps its buffers.</remarks>
internal sealed class KernelMountReader
{
    private const int ChunkLength = 1 << 15;

    /// <summary>Came together with the source in Linux 6.13, so that a missing source betrays a missing subtype.</summary>
    private const MountStatusMask TypeMask = MountStatusMask.FileSystemType | MountStatusMask.FileSystemSubtype | MountStatusMask.Source;

    /// <summary>These bits are one number: how access times are kept.</summary>
    private const ulong AccessTimeMask = 0x70;

    private readonly ulong _namespaceId;
    private readonly MountFields _fields;
    private readonly MountStatusMask _mask;
    private readonly int _maxLength;
    private readonly Dictionary<MountAttributes, ByteString> _options = [];
    private byte[] _buffer = new byte[4096];
    private byte[] _chunk = [];
    private int _chunkUsed;
    private ByteString _lastType;

    /// <param name="namespaceId">The namespace; 0 for the caller's own.</param>
    /// <param name="fields">What is asked for.</param>
    /// <param name="maxLength">The longest answer for one mount, in bytes.</param>
    public KernelMountReader(ulong namespaceId, MountFields fields, int maxLength)
    {
        _namespaceId = namespaceId;
        _fields = fields;
        _maxLength = maxLength;
        _mask = MountStatusMask.SuperBlock | MountStatusMask.Mount | MountStatusMask.SupportedMask
            | Wanted(MountFields.Root, MountStatusMask.Root)
            | Wanted(MountFields.MountPoint, MountStatusMask.MountPoint)
            | Wanted(MountFields.FileSystemType, TypeMask)
            | Wanted(MountFields.Source, MountStatusMask.Source)
            | Wanted(MountFields.Propagation, MountStatusMask.PropagateFrom)
            | Wanted(MountFields.SuperOptions, MountStatusMask.SuperOptions | MountStatusMask.SecurityOptions);
    }

    /// <summary>Everything that was answered for some mount so far.</summary>
    public MountStatusMask Answered { get; private set; }

    /// <summary>Whether the kernel can answer what was asked, as far as the answers show.</summary>
    /// <remarks>A mount can lack a source or options, a kernel that knows of them does not lack them for all mounts.</remarks>
    public bool IsComplete
    {
        get
        {
            // Before the kernel says what it supports, a table without any source or option at all counts as not answered.
            const MountStatusMask OfEachMount = MountStatusMask.SuperBlock | MountStatusMask.Mount | MountStatusMask.Root
                | MountStatusMask.MountPoint | MountStatusMask.FileSystemType | MountStatusMask.Source | MountStatusMask.SuperOptions;
            return (_mask & OfEachMount & ~Answered) == MountStatusMask.None;
        }
    }

    /// <summary>What the kernel says it can answer at all (Linux 6.15).</summary>
    private MountStatusMask Supported { get; set; }

    /// <summary>Reads one mount.</summary>
    /// <param name="uniqueId">Its unique id.</param>
    /// <param name="index">The place of the entry in its table.</param>
    /// <param name="entry">The entry.</param>
    /// <param name="error">The kernel's error: ENOENT for a mount that is gone, EFBIG for an answer longer than allowed.</param>
    public bool TryRead(ulong uniqueId, int index, [NotNullWhen(true)] out MountEntry? entry, out Errno error)
    {
        while ((error = LibC.StatMount(uniqueId, _namespaceId, _mask, _buffer)) == Errno.EOVERFLOW && _buffer.Length < _maxLength)
            _buffer = new byte[(int)Math.Min(_buffer.Length * 4L, _maxLength)];
        if (error == Errno.EOVERFLOW)
            error = Errno.EFBIG;
        if (error.IsError)
        {
            entry = null;
            return false;
        }

        ref readonly MountStatus status = ref MemoryMarshal.AsRef<MountStatus>(_buffer);
        Answered |= status.Mask;
        if ((status.Mask & MountStatusMask.SupportedMask) != MountStatusMask.None)
            Supported = status.SupportedMask;
        entry = new MountEntry
        {
            Index = index,
            UniqueId = status.UniqueId,
            MountId = (int)status.MountId,
            ParentId = (int)status.ParentId,
            Major = (int)status.DeviceMajor,
            Minor = (int)status.DeviceMinor,
            Root = new BytePath(Keep(Text(status.Root, status.Mask, MountStatusMask.Root))),
            MountPoint = new BytePath(Keep(Text(status.MountPoint, status.Mask, MountStatusMask.MountPoint))),
            Options = OptionsOf(status.Attributes),
            OptionalFields = (_fields & MountFields.Propagation) == MountFields.None ? [] : OptionalFieldsOf(status),
            FileSystemType = (_fields & MountFields.FileSystemType) == MountFields.None ? default : TypeOf(status),
            Source = (_fields & MountFields.Source) == MountFields.None ? default : Keep(Text(status.Source, status.Mask, MountStatusMask.Source)),
            SuperOptions = (_fields & MountFields.SuperOptions) == MountFields.None ? default : SuperOptionsOf(status),
        };
        return true;
    }

    private MountStatusMask Wanted(MountFields field, MountStatusMask mask) =>
        (_fields & field) == MountFields.None ? MountStatusMask.None : mask;

    private ReadOnlySpan<byte> Text(uint offset, MountStatusMask answered, MountStatusMask bit)
    {
        if ((answered & bit) == MountStatusMask.None)
            return default;
        ReadOnlySpan<byte> text = _buffer.AsSpan(MountStatus.TextOffset)[(int)offset..];
        return text[..text.IndexOf((byte)0)];
    }

    /// <summary>Copies a text into memory that many entries share.</summary>
    private ByteString Keep(ReadOnlySpan<byte> text)
    {
        if (text.IsEmpty)
            return default;
        Memory<byte> room = Room(text.Length);
        text.CopyTo(room.Span);
        return ByteString.Wrap(room);
    }

    private Memory<byte> Room(int length)
    {
        if (length > ChunkLength / 4)
            return new byte[length];
        if (length > _chunk.Length - _chunkUsed)
        {
            _chunk = new byte[ChunkLength];
            _chunkUsed = 0;
        }

        Memory<byte> room = _chunk.AsMemory(_chunkUsed, length);
        _chunkUsed += length;
        return room;
    }

    private ByteString TypeOf(in MountStatus status)
    {
        ReadOnlySpan<byte> type = Text(status.FileSystemType, status.Mask, MountStatusMask.FileSystemType);
        ReadOnlySpan<byte> subtype = Text(status.FileSystemSubtype, status.Mask, MountStatusMask.FileSystemSubtype);
        if (!subtype.IsEmpty)
            return new ByteString([.. type, (byte)'.', .. subtype]);
        if (!_lastType.Span.SequenceEqual(type))
            _lastType = Keep(type);
        return _lastType;
    }

    private ByteString OptionsOf(MountAttributes attributes)
    {
        ref ByteString options = ref CollectionsMarshal.GetValueRefOrAddDefault(_options, attributes, out bool isKnown);
        if (!isKnown)
            options = ByteString.FromText(PrintOptions(attributes));
        return options;
    }

    /// <summary>In the order of mountinfo, seen on Linux 6.18.</summary>
    private static string PrintOptions(MountAttributes attributes)
    {
        MountAttributes accessTime = (MountAttributes)((ulong)attributes & AccessTimeMask);
        return (Has(MountAttributes.ReadOnly) ? "ro" : "rw")
            + (Has(MountAttributes.NoSuid) ? ",nosuid" : "")
            + (Has(MountAttributes.NoDev) ? ",nodev" : "")
            + (Has(MountAttributes.NoExec) ? ",noexec" : "")
            + (accessTime == MountAttributes.NoAccessTime ? ",noatime" : "")
            + (Has(MountAttributes.NoDirectoryAccessTime) ? ",nodiratime" : "")
            + (accessTime == MountAttributes.None ? ",relatime" : "")
            + (Has(MountAttributes.NoSymbolicLinkFollow) ? ",nosymfollow" : "")
            + (Has(MountAttributes.IdMapped) ? ",idmapped" : "");

        bool Has(MountAttributes attribute) => (attributes & attribute) != MountAttributes.None;
    }

    private static ImmutableArray<ByteString> OptionalFieldsOf(in MountStatus status)
    {
        const MountFlags Any = MountFlags.Shared | MountFlags.Slave | MountFlags.Unbindable;
        if ((status.Propagation & Any) == MountFlags.None)
            return [];

        var fields = ImmutableArray.CreateBuilder<ByteString>(3);
        if ((status.Propagation & MountFlags.Shared) != MountFlags.None)
            fields.Add(Field("shared", status.PeerGroup));
        if ((status.Propagation & MountFlags.Slave) != MountFlags.None)
        {
            fields.Add(Field("master", status.Master));
            if (status.PropagateFrom != 0 && status.PropagateFrom != status.Master)
                fields.Add(Field("propagate_from", status.PropagateFrom));
        }

        if ((status.Propagation & MountFlags.Unbindable) != MountFlags.None)
            fields.Add(ByteString.FromText("unbindable"));
        return fields.ToImmutable();
    }

    private static ByteString Field(string tag, ulong group) =>
        ByteString.FromText(string.Create(CultureInfo.InvariantCulture, $"{tag}:{group}"));

    /// <summary>The flags of the super block, what the security module says, then what the file system says, escaped already.</summary>
    private ByteString SuperOptionsOf(in MountStatus status)
    {
        ReadOnlySpan<byte> own = Text(status.SuperOptions, status.Mask, MountStatusMask.SuperOptions);
        Span<byte> flags = stackalloc byte[64];
        int length = PrintFlags(status.SuperFlags, flags);
        byte[] security = (status.Mask & MountStatusMask.SecurityOptions) == MountStatusMask.None ? [] : SecurityOptionsOf(status);
        Memory<byte> room = Room(length + security.Length + (own.IsEmpty ? 0 : own.Length + 1));
        flags[..length].CopyTo(room.Span);
        security.CopyTo(room.Span[length..]);
        if (!own.IsEmpty)
        {
            Span<byte> rest = room.Span[(length + security.Length)..];
            rest[0] = (byte)',';
            own.CopyTo(rest[1..]);
        }

        return ByteString.Wrap(room);
    }

    private static int PrintFlags(SuperBlockFlags flags, Span<byte> text)
    {
        int length = 0;
        Add((flags & SuperBlockFlags.ReadOnly) != SuperBlockFlags.None ? "ro"u8 : "rw"u8, text);
        AddIf(SuperBlockFlags.Synchronous, ",sync"u8, text);
        AddIf(SuperBlockFlags.DirectorySynchronous, ",dirsync"u8, text);
        AddIf(SuperBlockFlags.MandatoryLock, ",mand"u8, text);
        AddIf(SuperBlockFlags.LazyTime, ",lazytime"u8, text);
        return length;

        void AddIf(SuperBlockFlags flag, ReadOnlySpan<byte> word, Span<byte> to)
        {
            if ((flags & flag) != SuperBlockFlags.None)
                Add(word, to);
        }

        void Add(ReadOnlySpan<byte> word, Span<byte> to)
        {
            word.CopyTo(to[length..]);
            length += word.Length;
        }
    }

    /// <summary>The array holds the options unescaped, each with a NUL after it.</summary>
    private byte[] SecurityOptionsOf(in MountStatus status)
    {
        var text = new List<byte>();
        ReadOnlySpan<byte> rest = _buffer.AsSpan(MountStatus.TextOffset)[(int)status.SecurityOptionArray..];
        for (uint i = 0; i < status.SecurityOptionCount; i++)
        {
            int end = rest.IndexOf((byte)0);
            text.Add((byte)',');
            text.AddRange(OctalEscape.Escape(rest[..end], OctalEscapeSet.Path));
            rest = rest[(end + 1)..];
        }

        return [.. text];
    }
}
