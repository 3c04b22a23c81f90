using Microsoft.Win32.SafeHandles;

namespace Overlay2.Storage.Interop;

internal static unsafe partial class LibC
{
    /// <summary>getdents64(2): the next records of an open directory, to be walked with <see cref="DirectoryRecords"/>.</summary>
    /// <param name="directory">A directory opened for reading.</param>
    /// <param name="buffer">Where to read to; 32 KiB are usual.</param>
    /// <param name="length">How many bytes of records were read; 0 at the end.</param>
    /// <param name="error">The kernel's error.</param>
    public static bool TryReadDirectory(SafeFileHandle directory, Span<byte> buffer, out int length, out Errno error)
    {
        bool added = false;
        try
        {
            directory.DangerousAddRef(ref added);
            nint result;
            do
            {
                fixed (byte* bytes = buffer)
                    result = SystemCall3(SystemCallNumber.GetDirectoryEntries, directory.DangerousGetHandle(), (nint)bytes, buffer.Length);
                error = result < 0 ? Errno.Last : default;
            }
            while (error == Errno.EINTR);

            length = (int)result;
            return result >= 0;
        }
        finally
        {
            if (added)
                directory.DangerousRelease();
        }
    }
}
