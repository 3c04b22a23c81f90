using System.Buffers.Binary;

namespace Overlay2.Storage.Interop;

/// <summary>Walks the records that getdents64(2) wrote: inode (8 bytes), offset (8), length (2), type (1), name with a NUL.</summary>
internal ref struct DirectoryRecords(ReadOnlySpan<byte> records)
{
    private const int NameOffset = 19;

    private ReadOnlySpan<byte> _rest = records;

    /// <summary>The name, without its NUL.</summary>
    public ReadOnlySpan<byte> Name { get; private set; }

    /// <summary>The type (DT_DIR and so on): the upper four bits of a mode, or 0 where the file system does not say.</summary>
    public byte Type { get; private set; }

    /// <summary>Whether there is another record, which can still be <c>.</c> or <c>..</c>.</summary>
    public readonly bool HasMore => _rest.Length > NameOffset;

    /// <summary>Moves on; <c>.</c> and <c>..</c> are left out.</summary>
    public bool MoveNext()
    {
        while (HasMore)
        {
            int length = BitConverter.IsLittleEndian ? BinaryPrimitives.ReadUInt16LittleEndian(_rest[16..]) : BinaryPrimitives.ReadUInt16BigEndian(_rest[16..]);
            if (length <= NameOffset || length > _rest.Length)
                return false;

            ReadOnlySpan<byte> name = _rest[NameOffset..length];
            int end = name.IndexOf((byte)0);
            Name = end < 0 ? name : name[..end];
            Type = _rest[18];
            _rest = _rest[length..];
            if (!Name.SequenceEqual("."u8) && !Name.SequenceEqual(".."u8))
                return true;
        }

        return false;
    }
}
