using Microsoft.Win32.SafeHandles;

namespace Overlay2.Storage.Interop;

internal static unsafe partial class LibC
{
    /// <summary>fsconfig(2) with a string, a flag (no value) or a command without either.</summary>
    /// <returns>No error, or the kernel's; EINVAL for a name or value that holds a NUL.</returns>
    public static Errno FsConfig(SafeFileHandle context, FsConfigCommand command, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        using CString keyName = new(key, stackalloc byte[CString.StackLength]);
        using CString valueText = new(value, stackalloc byte[CString.StackLength]);
        if (keyName.HoldsNul || valueText.HoldsNul)
            return Errno.EINVAL;

        bool added = false;
        try
        {
            context.DangerousAddRef(ref added);
            fixed (byte* keyBytes = keyName, valueBytes = valueText)
            {
                nint name = command == FsConfigCommand.Create ? 0 : (nint)keyBytes;
                nint text = command == FsConfigCommand.SetString ? (nint)valueBytes : 0;
                return SystemCall5(SystemCallNumber.ConfigureFileSystem, context.DangerousGetHandle(), (nint)command, name, text, 0) < 0 ? Errno.Last : default;
            }
        }
        finally
        {
            if (added)
                context.DangerousRelease();
        }
    }
}
