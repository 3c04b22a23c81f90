using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.Mounts;

/// <summary>The mounts that a process sees, and which of them a path leads to.</summary>
/// <remarks>
/// <para>Immutable and thread-safe: a picture of one moment. Queries allocate nothing.</para>
/// <para>Any text gives a defined table: of lines with the same mount id the first is found by id and has the children; a
/// mount on itself, or the first line of a ring of parents, has no parent; a mount whose mount point is not below that of its
/// parent is never entered; of two mounts with the same parent and mount point the later line is entered.</para>
/// <para>Source: proc_pid_mountinfo(5), mount_namespaces(7), path_resolution(7); the walk was compared with Linux 6.18.</para>
/// </remarks>
public sealed partial class MountTable
{
    private readonly MountEntry[] _entries;

    private MountTable(MountEntry[] entries, int[] mountPointHashes, ImmutableArray<MountInfoError> badLines, int badLineCount)
    {
        _entries = entries;
        BadLines = badLines;
        BadLineCount = badLineCount;
        Tree = new MountTree(entries, mountPointHashes);
    }

    /// <summary>All mounts, in the order of the lines.</summary>
    public ImmutableArray<MountEntry> Entries => ImmutableCollectionsMarshal.AsImmutableArray(_entries);

    /// <summary>The bad lines that <see cref="ParseLenient(ReadOnlyMemory{byte})"/> left out: the first 1,000 of them.</summary>
    public ImmutableArray<MountInfoError> BadLines { get; }

    /// <summary>The number of all bad lines.</summary>
    public int BadLineCount { get; }

    /// <summary>The mount whose root is the root directory of the process: the first one on <c>/</c> whose parent is not in the
    /// table or is itself; <see langword="null"/> if the table does not show it.</summary>
    /// <remarks>After chroot(2) to a directory that is no mount point the table does not show it. Paths are resolved then too, if
    /// the other lines give away which mount it is: all lines whose parent is missing name the same parent.</remarks>
    public MountEntry? Root => At(Tree.Root);

    /// <summary>The mounts without a parent in the table: with <see cref="GetChildren"/> each entry is reached once.</summary>
    public MountSequence TopLevel => new(this, Tree.FirstTopLevel, byMountPoint: false);

    internal MountTree Tree { get; }

    /// <summary>Finds the mount with an id.</summary>
    /// <param name="mountId">The id.</param>
    /// <param name="mount">The mount.</param>
    /// <returns><see langword="false"/> if there is none.</returns>
    public bool TryGet(int mountId, [NotNullWhen(true)] out MountEntry? mount)
    {
        mount = At(Tree.FindById(mountId));
        return mount is not null;
    }

    /// <summary>The mount that a mount is on; <see langword="null"/> if it is not in the table.</summary>
    /// <param name="mount">A mount of this table.</param>
    /// <exception cref="ArgumentException">The mount is of another table.</exception>
    public MountEntry? GetParent(MountEntry mount) => At(Tree.GetParent(IndexOf(mount)));

    /// <summary>The mounts that are directly on a mount.</summary>
    /// <param name="mount">A mount of this table.</param>
    /// <exception cref="ArgumentException">The mount is of another table.</exception>
    public MountSequence GetChildren(MountEntry mount) => new(this, Tree.FirstChild(IndexOf(mount)), byMountPoint: false);

    /// <summary>The mounts, hidden ones too, whose mount point has the components of a path.</summary>
    /// <param name="mountPoint">The mount point.</param>
    public MountSequence GetByMountPoint(BytePath mountPoint) => GetByMountPoint(mountPoint.Span);

    /// <summary>The mounts, hidden ones too, whose mount point has the components of a path.</summary>
    /// <param name="mountPoint">The bytes of the mount point.</param>
    public MountSequence GetByMountPoint(ReadOnlySpan<byte> mountPoint) => new(this, Tree.FindByMountPoint(mountPoint), byMountPoint: true);

    /// <summary>The mount that a path leads to, as the kernel walks.</summary>
    /// <remarks>The walk starts in <see cref="Root"/>. After each component it enters the mount that is on the current mount at
    /// the path so far, and what is stacked on that. The table knows no symbolic links, and takes <c>.</c> and <c>..</c> for
    /// names: resolve them first. The path need not exist.</remarks>
    /// <param name="path">An absolute path.</param>
    /// <returns><see langword="null"/> if the table does not show the mount.</returns>
    /// <exception cref="ArgumentException">The path is not absolute.</exception>
    public MountEntry? Resolve(BytePath path) => Resolve(path.Span);

    /// <summary>The mount that a path leads to, as the kernel walks.</summary>
    /// <param name="path">The bytes of an absolute path; see <see cref="Resolve(BytePath)"/>.</param>
    /// <returns><see langword="null"/> if the table does not show the mount.</returns>
    /// <exception cref="ArgumentException">The path is not absolute.</exception>
    public MountEntry? Resolve(ReadOnlySpan<byte> path)
    {
        if (path is not [(byte)'/', ..])
            throw new ArgumentException("Only an absolute path can be resolved.", nameof(path));
        return At(Tree.Walk(path));
    }

    /// <summary>Whether a mount can be seen at its mount point, and by which one it is hidden.</summary>
    /// <remarks>Takes time linear in the length of the mount point, whatever else is mounted.</remarks>
    /// <param name="mount">A mount of this table.</param>
    /// <exception cref="ArgumentException">The mount is of another table.</exception>
    public MountVisibility GetVisibility(MountEntry mount)
    {
        int index = IndexOf(mount);
        if (!Tree.IsConnected(index))
            return default;

        int shown = Tree.Walk(mount.MountPoint.Span);
        return shown == index
            ? new MountVisibility(MountVisibilityStatus.Visible, hiddenBy: null)
            : new MountVisibility(MountVisibilityStatus.Hidden, At(shown));
    }

    private MountEntry? At(int index) => index < 0 ? null : _entries[index];

    private int IndexOf(MountEntry mount)
    {
        ArgumentNullException.ThrowIfNull(mount);
        int index = mount.Index;
        if ((uint)index >= (uint)_entries.Length || !ReferenceEquals(_entries[index], mount))
            throw new ArgumentException("The mount is not of this table.", nameof(mount));
        return index;
    }
}
