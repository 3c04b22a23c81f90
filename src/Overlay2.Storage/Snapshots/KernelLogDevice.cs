using Microsoft.Win32.SafeHandles;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Interop;

namespace Overlay2.Storage.Snapshots;

/// <summary>The device <c>/dev/kmsg</c>, from which the kernel's log is read a record at a time.</summary>
/// <remarks>Source: the kernel's documentation of its interfaces, ABI/testing/dev-kmsg: <c>level,number,microseconds,flags;text</c>, then lines of keys that begin with a space.</remarks>
internal static class KernelLogDevice
{
    private const int Major = 1;
    private const int Minor = 11;

    /// <summary>More than a record has, which a shorter buffer would refuse.</summary>
    private const int LongestRecord = 1 << 14;

    /// <summary>Whether a path leads to the device.</summary>
    public static bool Is(BytePath path) =>
        LibC.TryStatx(LibC.CurrentDirectory, path.Span, 0, StatusMask.Basic, out FileStatus status, out _)
        && (status.Mode & FileStatus.TypeMask) == FileStatus.CharacterDeviceType && status.DeviceFileMajor == Major && status.DeviceFileMinor == Minor;

    /// <summary>Reads what the kernel still has, a line for each record, without waiting for more.</summary>
    /// <param name="path">The device.</param>
    /// <param name="maxLength">How many bytes are kept: the last ones.</param>
    /// <param name="text">The lines.</param>
    /// <param name="error">The kernel's error; EPERM where only some may read it.</param>
    public static bool TryRead(BytePath path, int maxLength, out byte[] text, out Errno error)
    {
        text = [];
        bool isOpen = LibC.TryOpen(path.Span, OpenFlags.ReadOnly | OpenFlags.NonBlock, out SafeFileHandle opened, out error);
        using SafeFileHandle file = opened;
        if (!isOpen)
            return false;
        Queue<byte[]> lines = [];
        int length = 0;
        byte[] buffer = new byte[LongestRecord];
        while (true)
        {
            bool isRead = LibC.TryRead(file, buffer, out int count, out error);

            // A record that is written over before it is read is passed over.
            if (!isRead && error == Errno.EPIPE)
                continue;
            if (!isRead && error != Errno.EAGAIN)
                return false;
            if (!isRead || count == 0)
                break;
            byte[] line = TextOf(buffer.AsSpan(0, count));
            lines.Enqueue(line);
            length += line.Length;
            while (length > maxLength)
                length -= lines.Dequeue().Length;
        }

        error = default;
        text = [.. lines.SelectMany(line => line)];
        return true;
    }

    /// <summary>A record's text, with a newline.</summary>
    private static byte[] TextOf(ReadOnlySpan<byte> record)
    {
        int end = record.IndexOf((byte)'\n');
        ReadOnlySpan<byte> first = end < 0 ? record : record[..end];
        return [.. first[(first.IndexOf((byte)';') + 1)..], (byte)'\n'];
    }
}
