using Microsoft.Win32.SafeHandles;

namespace Overlay2.Storage.Interop;

internal static unsafe partial class LibC
{
    /// <summary>fsopen(2) (Linux 5.2): a context to configure a file system with.</summary>
    public static bool TryOpenFileSystem(ReadOnlySpan<byte> type, out SafeFileHandle context, out Errno error)
    {
        const int CloseOnExec = 1;
        using CString name = new(type, stackalloc byte[CString.StackLength]);
        nint descriptor;
        fixed (byte* bytes = name)
            descriptor = SystemCall2(SystemCallNumber.OpenFileSystem, (nint)bytes, CloseOnExec);
        error = descriptor < 0 ? Errno.Last : default;
        context = new SafeFileHandle(descriptor, ownsHandle: true);
        return descriptor >= 0;
    }

    /// <summary>fsconfig(2) with a text.</summary>
    public static Errno SetText(SafeFileHandle context, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        const int Command = 1;
        using CString keyText = new(key, stackalloc byte[CString.StackLength]);
        using CString valueText = new(value, stackalloc byte[CString.StackLength]);
        fixed (byte* keyBytes = keyText, valueBytes = valueText)
            return Configure(context, Command, (nint)keyBytes, (nint)valueBytes, 0);
    }

    /// <summary>fsconfig(2) with an open file.</summary>
    public static Errno SetFile(SafeFileHandle context, ReadOnlySpan<byte> key, SafeFileHandle file)
    {
        const int Command = 5;
        using CString keyText = new(key, stackalloc byte[CString.StackLength]);
        fixed (byte* keyBytes = keyText)
            return Configure(context, Command, (nint)keyBytes, 0, file.DangerousGetHandle());
    }

    /// <summary>fsconfig(2): makes the super block.</summary>
    public static Errno CreateFileSystem(SafeFileHandle context)
    {
        const int Command = 6;
        return Configure(context, Command, 0, 0, 0);
    }

    private static Errno Configure(SafeFileHandle context, int command, nint key, nint value, nint auxiliary) =>
        SystemCall5(SystemCallNumber.ConfigureFileSystem, context.DangerousGetHandle(), command, key, value, auxiliary) < 0 ? Errno.Last : default;
}
