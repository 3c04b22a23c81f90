using System.Runtime.ExceptionServices;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Interop;

namespace Overlay2.Storage.Detection;

/// <summary>Finds out actively what the kernel and one file system can do: it mounts overlays and tries them. Root only.</summary>
/// <remarks>
/// <para>Thread-safe. All mounts are made in a mount namespace of a thread of its own, with propagation off: nobody else sees
/// them, and they end with the thread, also if the process is killed. One child process lends its user namespace; it does nothing,
/// and ends by itself after two seconds at the latest.</para>
/// <para>All files are in one new directory in the caller's scratch directory, named <c>.overlay2-probe.</c> and 16 hexadecimal
/// digits, which is removed at the end. If the process is killed by SIGKILL in the middle, that directory is what remains, and
/// nothing else (no mounts, at most 2 MiB in it, no immutable files); the next probe there, or <see cref="RemoveLeftovers(BytePath)"/>, removes it.</para>
/// <para>Source: experiments on kernels from 5.10 to 7.3.</para>
/// </remarks>
public static class KernelProber
{
    private static ReadOnlySpan<byte> NamePrefix => ".overlay2-probe."u8;

    /// <summary>Tries everything; takes some 100 ms.</summary>
    /// <param name="scratchDirectory">A directory on the file system that is to be tested, where a directory can be made.</param>
    /// <exception cref="KernelProbeException">The probe can not be made here: no right to, or no such directory. Its message says why.</exception>
    public static KernelProbe Probe(BytePath scratchDirectory)
    {
        if (!OperatingSystem.IsLinux())
            throw new KernelProbeException("kernels are probed on Linux only");
        if (scratchDirectory.IsEmpty)
            throw new ArgumentException("The path is empty.", nameof(scratchDirectory));

        KernelProbe? probe = null;
        ExceptionDispatchInfo? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                probe = ProbeOnOwnThread(scratchDirectory);
            }
            catch (Exception e)
            {
                failure = ExceptionDispatchInfo.Capture(e);
            }
        })
        { IsBackground = true, Name = "kernel prober" };
        thread.Start();
        thread.Join();
        failure?.Throw();
        return probe!;
    }

    /// <summary>Removes what probes left in a scratch directory when they were killed; those that still run keep theirs.</summary>
    /// <param name="scratchDirectory">The scratch directory.</param>
    /// <returns>How many directories were removed.</returns>
    /// <exception cref="KernelProbeException">The directory can not be read.</exception>
    public static int RemoveLeftovers(BytePath scratchDirectory)
    {
        using SafeFileHandle scratch = Open(scratchDirectory);
        return RemoveLeftovers(scratch);
    }

    private static KernelProbe ProbeOnOwnThread(BytePath scratchDirectory)
    {
        // The scratch directory is opened again below: a file opened before stays in the namespace of the caller.
        RemoveLeftovers(scratchDirectory);
        Check(LibC.Unshare(CloneFlags.MountNamespace | CloneFlags.FileSystem), "no mount namespace of its own");
        Check(LibC.Mount(""u8, "/"u8, ""u8, MountFlags.Recursive | MountFlags.Private, ""u8), "propagation can not be switched off");
        using SafeFileHandle scratch = Open(scratchDirectory);
        Check(LibC.ChangeDirectory(scratch), $"{scratchDirectory}: can not be entered");
        byte[] name = [.. NamePrefix, .. Encoding.ASCII.GetBytes(Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8)))];
        Check(LibC.MakeDirectory(name, 0x1C0), $"{scratchDirectory}: no directory can be made in it");
        try
        {
            if (!LibC.TryOpenAt(scratch, name, OpenFlags.ReadOnly | OpenFlags.Directory | OpenFlags.NoFollow, out SafeFileHandle area, out Errno error))
                throw new KernelProbeException($"{scratchDirectory}: the new directory can not be opened ({error})");
            using (area)
            {
                // Held until the end, so that another probe does not take this directory for a leftover.
                Check(LibC.TryLock(area), "the new directory can not be locked");
                Check(LibC.ChangeDirectory(area), "the new directory can not be entered");
                return new KernelProbe(new ProbeRun().Run());
            }
        }
        finally
        {
            LibC.ChangeDirectory(scratch);
            TreeRemoval.TryRemove(scratch, name);
        }
    }

    private static int RemoveLeftovers(SafeFileHandle scratch)
    {
        int removed = 0;
        List<byte[]> names = [];
        using DirectoryReader reader = new(scratch);
        while (reader.Read())
        {
            if (reader.Name.StartsWith(NamePrefix))
                names.Add(reader.Name.ToArray());
        }

        foreach (byte[] name in names)
        {
            bool isOpen = LibC.TryOpenAt(scratch, name, OpenFlags.ReadOnly | OpenFlags.Directory | OpenFlags.NoFollow, out SafeFileHandle area, out _);
            using (area)
                removed += isOpen && !LibC.TryLock(area).IsError && TreeRemoval.TryRemove(scratch, name) ? 1 : 0;
        }

        return removed;
    }

    private static SafeFileHandle Open(BytePath scratchDirectory) =>
        LibC.TryOpen(scratchDirectory.Span, OpenFlags.ReadOnly | OpenFlags.Directory, out SafeFileHandle opened, out Errno error)
            ? opened
            : throw new KernelProbeException($"{scratchDirectory}: can not be opened ({error})");

    private static void Check(Errno error, string what)
    {
        if (error.IsError)
            throw new KernelProbeException(error == Errno.EPERM ? $"{what}: root only (EPERM)" : $"{what} ({error})");
    }
}
