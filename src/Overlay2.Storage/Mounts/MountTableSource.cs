using System.Globalization;
using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.Mounts;

/// <summary>Where a mount table comes from. Nothing is opened before <see cref="MountTable.Load"/>.</summary>
/// <remarks>Immutable and thread-safe.</remarks>
public abstract class MountTableSource
{
    private protected MountTableSource()
    {
    }

    /// <summary>The mounts that the calling thread sees (<c>/proc/thread-self/mountinfo</c>); threads of one process can differ.</summary>
    public static MountTableSource Self { get; } = new MountInfoFile(BytePath.FromText("/proc/thread-self/mountinfo"), isOfProcess: true);

    /// <summary>The mounts that a process sees, from that process's root directory (<c>/proc/[pid]/mountinfo</c>).</summary>
    /// <param name="processId">The process id in the pid namespace of /proc.</param>
    public static MountTableSource Process(int processId)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(processId);
        string path = string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/mountinfo");
        return new MountInfoFile(BytePath.FromText(path), isOfProcess: true);
    }

    /// <summary>A file with the text of a mountinfo file; a pipe will do.</summary>
    /// <param name="path">The file.</param>
    public static MountTableSource File(BytePath path)
    {
        if (path.IsEmpty)
            throw new ArgumentException("The path is empty.", nameof(path));
        return new MountInfoFile(path, isOfProcess: false);
    }

    /// <summary>The mounts of a host whose root directory is mounted in this container: those that the host's process 1 sees.</summary>
    /// <remarks>Reads <c>proc/1/mountinfo</c> below the directory, so the host's /proc must be there too (bind mount recursively).
    /// The paths of the table are the host's own: <c>/var</c> in the table is <c>/host/var</c> here.</remarks>
    /// <param name="directory">Where the host's root directory is, for example <c>/host</c>.</param>
    public static MountTableSource HostRoot(BytePath directory)
    {
        if (directory.IsEmpty)
            throw new ArgumentException("The path is empty.", nameof(directory));
        return new MountInfoFile(directory.Combine(BytePath.FromText("proc/1/mountinfo")), isOfProcess: false);
    }

    /// <summary>The mounts that the calling thread sees, asked of the kernel mount by mount with listmount(2) and statmount(2) (Linux 6.8;
    /// all fields from 6.13) instead of printing and parsing the text.</summary>
    /// <remarks>
    /// <para>Only <see cref="MountTableLoadOptions.Fields"/> are asked for: without super options a table of overlays costs a
    /// fraction of the text. Where the kernel or a system call filter does not answer, the text is read instead, all fields then.</para>
    /// <para>Entries have a <see cref="MountEntry.UniqueId"/>, unless the text was read. With chroot(2) to a directory that is no
    /// mount point, and for super options of a security module, only the text is a sure source.</para>
    /// </remarks>
    public static MountTableSource Kernel { get; } = new KernelMountTable("/proc/thread-self", isSelf: true);

    /// <summary>The mounts in the mount namespace of a process, asked of the kernel as in <see cref="Kernel"/> (Linux 6.11, privileged),
    /// or the text of the process where that is not possible.</summary>
    /// <remarks>Paths are from the root of the namespace, not of the process: they differ after chroot(2).</remarks>
    /// <param name="processId">The process id in the pid namespace of /proc.</param>
    public static MountTableSource KernelOf(int processId)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(processId);
        return KernelMountTable.OfProcess(processId);
    }

    /// <summary>The text of the same table.</summary>
    internal abstract MountInfoFile Text { get; }

    internal abstract MountTable Load(MountTableLoadOptions options, CancellationToken cancellationToken);
}
