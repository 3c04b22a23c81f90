using Microsoft.Win32.SafeHandles;
using Overlay2.Storage.Interop;

namespace Overlay2.Storage.Repair.Hosts;

/// <summary>A file that was opened, or why not.</summary>
/// <param name="File">The file; of no use where there is an error.</param>
/// <param name="Error">The error, if there is one.</param>
/// <param name="Reason">The error in words.</param>
internal readonly record struct Opened(SafeFileHandle File, Errno Error, string Reason) : IDisposable
{
    public static Opened Fail(Errno error, string reason) => new(new SafeFileHandle(-1, ownsHandle: true), error, reason);

    public void Dispose() => File.Dispose();

    public Opened Refuse(string reason)
    {
        Dispose();
        return new Opened(File, Errno.ENOENT, reason);
    }
}
