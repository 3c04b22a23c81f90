using System.Buffers.Binary;
using Overlay2.Storage.Simulation.Backing;

namespace Overlay2.Storage.Simulation.Merging;

/// <summary>The file handle that overlayfs stores in attributes and as names of the index.</summary>
/// <remarks>
/// A header of 21 bytes (version 0, magic 0xfb, length, flags, handle type, UUID of the file system) and the handle of the file
/// system itself. Seen in the attributes of real upper directories; flag 4 means "of an upper object".
/// </remarks>
internal static class OverlayFileHandle
{
    private const int HeaderSize = 21;
    private const byte Magic = 0xfb;
    private const byte BigEndianFlag = 1;
    private const byte AnyEndianFlag = 2;
    private const byte UpperFlag = 4;
    private const int PlainIdSize = 8;
    private const int LongIdSize = 12;
    private const byte PlainType = 1;
    private const byte WideType = 0x81;

    /// <summary>The handle of an object.</summary>
    /// <param name="inode">The object.</param>
    /// <param name="isUpper">Whether it lies in the upper layer.</param>
    /// <param name="withUuid">Whether the UUID of the file system is stored; else zeros.</param>
    public static byte[] Encode(BackingInode inode, bool isUpper, bool withUuid)
    {
        BackingFileSystem fileSystem = inode.FileSystem;
        if (inode.RealHandle is { } real)
            return [0, Magic, (byte)(HeaderSize + real.Bytes.Length), isUpper ? UpperFlag : (byte)0, real.Type, .. withUuid ? fileSystem.Uuid.Span : new byte[16], .. real.Bytes.Span];
        byte[] handle = new byte[HeaderSize + IdSize(fileSystem)];
        handle[1] = Magic;
        handle[2] = (byte)handle.Length;
        handle[3] = isUpper ? UpperFlag : (byte)0;
        handle[4] = fileSystem.Kind == SimulatedFileSystemKind.Xfs ? WideType : PlainType;
        if (withUuid)
            fileSystem.Uuid.Span.CopyTo(handle.AsSpan(5));
        Span<byte> id = handle.AsSpan(HeaderSize);
        switch (fileSystem.Kind)
        {
            case SimulatedFileSystemKind.Ext4: BinaryPrimitives.WriteUInt32LittleEndian(id, (uint)inode.Number); break;
            case SimulatedFileSystemKind.Xfs: BinaryPrimitives.WriteUInt64LittleEndian(id, inode.Number); break;
            default: BinaryPrimitives.WriteUInt64LittleEndian(id[4..], inode.Number); break;
        }

        return handle;
    }

    /// <summary>Whether the kernel takes the bytes for a handle of its kind; others count as no handle at all.</summary>
    public static bool IsWellFormed(ReadOnlySpan<byte> handle) =>
        handle.Length >= HeaderSize && handle[0] == 0 && handle[1] == Magic && handle[2] <= handle.Length
        && (handle[3] & ~(BigEndianFlag | AnyEndianFlag | UpperFlag)) == 0 && (handle[3] & (BigEndianFlag | AnyEndianFlag)) != BigEndianFlag;

    public static bool IsUpper(ReadOnlySpan<byte> handle) => (handle[3] & UpperFlag) != 0;

    public static ReadOnlySpan<byte> Uuid(ReadOnlySpan<byte> handle) => handle[5..HeaderSize];

    /// <summary>The inode number in a well-formed handle; 0 if there is none.</summary>
    public static ulong Number(ReadOnlySpan<byte> handle)
    {
        ReadOnlySpan<byte> id = handle[HeaderSize..];
        if (id.Length < PlainIdSize)
            return 0;
        if (handle[4] == WideType)
            return BinaryPrimitives.ReadUInt64LittleEndian(id);
        return id.Length >= LongIdSize ? BinaryPrimitives.ReadUInt64LittleEndian(id[4..]) : BinaryPrimitives.ReadUInt32LittleEndian(id);
    }

    /// <summary>The object a handle stands for, if the file system has it.</summary>
    public static BackingInode? Decode(ReadOnlySpan<byte> handle, BackingFileSystem fileSystem)
    {
        if (!IsWellFormed(handle))
            return null;
        ReadOnlySpan<byte> id = handle[HeaderSize..];
        bool wide = handle[4] == WideType;
        if (wide != (fileSystem.Kind == SimulatedFileSystemKind.Xfs) || id.Length < IdSize(fileSystem))
            return null;
        return fileSystem.FindInode(Number(handle));
    }

    private static int IdSize(BackingFileSystem fileSystem) => fileSystem.Kind == SimulatedFileSystemKind.Ext4 ? PlainIdSize : LongIdSize;
}
