using System.Buffers.Binary;

namespace Overlay2.Storage.Interop;

/// <summary>Walks the events that a fanotify group of mounts gave: for each a head (24 bytes: length, mask at 8) and records
/// (type, length at 2, the unique mount id at 8).</summary>
/// <remarks>Source: fanotify(7), seen on Linux 6.18. Both supported architectures are little-endian.</remarks>
internal ref struct MountEvents(ReadOnlySpan<byte> events)
{
    private const int HeadLength = 24;
    private const byte MountRecord = 7;
    private const ulong Overflow = 0x4000;

    private ReadOnlySpan<byte> _rest = events;

    /// <summary>The mount that came, went or moved; 0 if the event names none.</summary>
    public ulong UniqueId { get; private set; }

    /// <summary>Whether events were dropped here, because the queue of the kernel was full.</summary>
    public bool IsOverflow { get; private set; }

    public bool MoveNext()
    {
        if (_rest.Length < HeadLength)
            return false;
        int length = BinaryPrimitives.ReadInt32LittleEndian(_rest);
        if (length < HeadLength || length > _rest.Length)
            return false;

        IsOverflow = (BinaryPrimitives.ReadUInt64LittleEndian(_rest[8..]) & Overflow) != 0;
        UniqueId = FindId(_rest[HeadLength..length]);
        _rest = _rest[length..];
        return true;
    }

    private static ulong FindId(ReadOnlySpan<byte> records)
    {
        const int RecordLength = 16;
        while (records.Length >= RecordLength)
        {
            int length = BinaryPrimitives.ReadUInt16LittleEndian(records[2..]);
            if (records[0] == MountRecord)
                return BinaryPrimitives.ReadUInt64LittleEndian(records[8..]);
            if (length < 4 || length > records.Length)
                break;
            records = records[length..];
        }

        return 0;
    }
}
