using Microsoft.Win32.SafeHandles;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Interop;
using Overlay2.Storage.Mounts;

namespace Overlay2.Storage.Repair.Hosts;

/// <summary>The mounts of this machine.</summary>
internal sealed partial class LinuxMounts(LinuxMachine machine) : IMountOperations
{
    private const string Gone = LinuxMachine.Gone;
    private const uint PlaceMode = 0x1C0; // 0700

    /// <summary>Others that look at a mount take the mark away that an unmount needs.</summary>
    private const int MostTries = 50;

    public MountTable LoadMounts(ulong namespaceId) => machine.LoadMounts(namespaceId);

    public IReadOnlyList<MountTable> LoadOtherMounts()
    {
        if (!machine.View.HasProcesses)
            return [];
        var scanner = new MountNamespaceScanner(new MountNamespaceScannerOptions
        {
            ProcDirectory = machine.HostRoot.Combine(BytePath.FromText("proc")),
            Load = new MountTableLoadOptions { Lenient = true },
            MaxTotalBytes = machine.MaxNamespaceBytes,
        });
        return Task.Run(() => ReadAllAsync(scanner)).GetAwaiter().GetResult();
    }

    /// <inheritdoc/>
    /// <remarks>
    /// umount2(2) takes a path, and what is at a path can change between a check and the call. With MNT_EXPIRE the first call only marks
    /// the mount at the path, and the second unmounts only what is marked. Between the two, the mount table says whether the
    /// mount meant is there and nothing is on it: then it is the marked one. A mount that somebody uses is refused with EBUSY.
    /// </remarks>
    public HostResult Unmount(ulong namespaceId, MountFingerprint mount) => machine.In(namespaceId, () => UnmountHere(namespaceId, mount));

    public HostResult Bind(BytePath source, MountFingerprint of, BytePath target, MountFingerprint? on, bool isPrivate) => machine.In(0, () =>
    {
        using Opened from = OpenOn(source, of);
        using Opened to = OpenTarget(target, on);
        return from.Error.IsError ? new HostResult(from.Reason) : to.Error.IsError ? new HostResult(to.Reason) : BindHere(from.File, to.File, isPrivate);
    });

    public HostResult MountFileSystem(ByteString fileSystemType, BytePath device, BytePath target, MountFingerprint on, bool isReadOnly) => machine.In(0, () =>
    {
        using Opened to = OpenOn(target, on);
        if (to.Error.IsError)
            return new HostResult(to.Reason);
        Errno error = LibC.ChangeDirectory(to.File);
        if (!error.IsError)
            error = LibC.Mount(device.Span, "."u8, fileSystemType.Span, isReadOnly ? MountFlags.ReadOnly : MountFlags.None, default);
        return error.IsError ? HostResult.Failed(target, error) : HostResult.Done;
    });

    public HostResult Move(MountFingerprint mount, BytePath target, MountFingerprint? on) => machine.In(0, () =>
    {
        using Opened from = OpenMount(mount);
        if (from.Error.IsError)
            return new HostResult(from.Reason);
        using Opened to = OpenTarget(target, on);
        if (to.Error.IsError)
            return new HostResult(to.Reason);
        Errno error = LibC.MoveMount(from.File, to.File);
        return error.IsError ? new HostResult($"the mount cannot be moved: {error}") : HostResult.Done;
    });

    public HostResult MakePrivate(MountFingerprint mount) => machine.In(0, () =>
    {
        using Opened root = OpenMount(mount);
        if (root.Error.IsError)
            return new HostResult(root.Reason);
        Errno error = LibC.MakePrivate(root.File);
        return error.IsError ? new HostResult($"the mount cannot be made private: {error}") : HostResult.Done;
    });

    public HostResult JoinPeers(MountFingerprint mount) => machine.In(0, () =>
    {
        MountTable table = LoadMounts(0);
        if (mount.FindIn(table) is not { } found || table.GetParent(found) is not { } below)
            return new HostResult(Gone);
        using Opened root = OpenMount(MountFingerprint.Of(found));
        using Opened peer = OpenMount(MountFingerprint.Of(below));
        if (root.Error.IsError || peer.Error.IsError)
            return new HostResult(root.Error.IsError ? root.Reason : peer.Reason);
        Errno error = LibC.JoinPeers(peer.File, root.File);
        return error.IsError ? new HostResult($"the mount cannot join its peers: {error}") : HostResult.Done;
    });

    public HostResult MakePlace(BytePath place) => machine.In(0, () =>
    {
        Errno error = MakeDirectories(place);
        if (error.IsError)
            return HostResult.Failed(place, error);
        using Opened directory = Open(place);

        // An earlier run may have ended between the two calls.
        if (!directory.Error.IsError && LoadMounts(0).Resolve(place) is { } mount && mount.MountPoint == place)
            return LibC.MakePrivate(directory.File) is { IsError: true } failed ? HostResult.Failed(place, failed) : HostResult.Done;
        return directory.Error.IsError ? HostResult.Failed(place, directory.Error) : BindHere(directory.File, directory.File, isPrivate: true);
    });

    public HostResult RemovePlace(BytePath place) => machine.In(0, () =>
    {
        MountTable table = LoadMounts(0);
        if (table.Entries.Any(mount => mount.MountPoint != place && mount.MountPoint.StartsWith(place)))
            return new HostResult($"something is mounted below {place}");
        foreach (MountEntry mount in table.GetByMountPoint(place))
        {
            HostResult result = UnmountHere(0, MountFingerprint.Of(mount));
            if (!result.IsDone)
                return result;
        }

        return RemoveDirectories(place);
    });

    private HostResult UnmountHere(ulong namespaceId, MountFingerprint mount)
    {
        if (!mount.MountPoint.TryGetParent(out BytePath parent))
            return new HostResult("the root of a namespace is not unmounted");
        ReadOnlyMemory<byte> name = mount.MountPoint.FileName.Memory;
        for (int i = 0; i < MostTries; i++)
        {
            if (mount.FindIn(LoadMounts(namespaceId)) is not { } found)
                return new HostResult(Gone);
            using Opened directory = Open(parent);
            if (directory.Error.IsError)
                return HostResult.Failed(parent, directory.Error);
            Errno error = LibC.ChangeDirectory(directory.File);
            if (error.IsError)
                return HostResult.Failed(parent, error);
            if (!LibC.TryStatx(directory.File, name.Span, AtFlags.NoFollow | AtFlags.NoAutomount, StatusMask.MountId, out FileStatus status, out error))
                return HostResult.Failed(mount.MountPoint, error);
            if (status.MountId != (ulong)found.MountId)
                return new HostResult("another mount hides the one meant");

            error = LibC.Unmount(name.Span, UnmountFlags.NoFollow | UnmountFlags.Expire);
            if (error != Errno.EAGAIN)
                return error.IsError ? HostResult.Failed(mount.MountPoint, error) : HostResult.Done;
            MountTable table = LoadMounts(namespaceId);
            if (MountFingerprint.Of(found).FindIn(table) is not { } marked)
                return new HostResult(Gone);
            if (!table.GetChildren(marked).IsEmpty)
                return HostResult.Failed(mount.MountPoint, Errno.EBUSY);
            error = LibC.Unmount(name.Span, UnmountFlags.NoFollow | UnmountFlags.Expire);
            if (error != Errno.EAGAIN)
                return error.IsError ? HostResult.Failed(mount.MountPoint, error) : HostResult.Done;
        }

        return new HostResult("somebody keeps using the mount");
    }

    private static HostResult BindHere(SafeFileHandle source, SafeFileHandle target, bool isPrivate)
    {
        bool isCloned = LibC.TryCloneMount(source, out SafeFileHandle tree, out Errno error);
        using SafeFileHandle copy = tree;
        if (!isCloned)
            return new HostResult($"the directory cannot be shown again: {error}");
        error = LibC.MoveMount(copy, target);
        if (error.IsError)
            return new HostResult($"the copy cannot be mounted: {error}");

        // A mount takes part in propagation as soon as it is on a shared one.
        error = isPrivate ? LibC.MakePrivate(copy) : default;
        return error.IsError ? new HostResult($"the copy is mounted, and cannot be made private: {error}") : HostResult.Done;
    }

    /// <summary>Opens a directory by a walk that follows no link.</summary>
    private static Opened Open(BytePath path)
    {
        if (!RootedDirectory.TryOpen("/"u8, out RootedDirectory? root, out Errno error))
            return Opened.Fail(error, error.ToString());
        using (root)
        {
            bool isOpen = root!.TryOpenFile(path.Span, OpenFlags.Path | OpenFlags.Directory, LinkRule.Refuse, out SafeFileHandle file, out error);
            return new Opened(file, isOpen ? default : error, $"{path}: {error}");
        }
    }

    /// <summary>Opens the root of a mount, and compares which mount it is.</summary>
    private Opened OpenMount(MountFingerprint mount)
    {
        if (mount.FindIn(LoadMounts(0)) is not { } found)
            return Opened.Fail(Errno.ENOENT, Gone);
        Opened opened = Open(found.MountPoint);
        return opened.Error.IsError || IsOn(opened, found) ? opened : opened.Refuse("another mount hides the one meant");
    }

    /// <summary>Opens a directory, and compares on which mount it is. What is done with it then is done there, whatever its path leads to meanwhile.</summary>
    private Opened OpenOn(BytePath path, MountFingerprint on)
    {
        Opened opened = Open(path);
        if (opened.Error.IsError)
            return opened;
        return FindMount(opened) is { } found && on.Matches(found) ? opened : opened.Refuse($"{path} is not on the mount meant");
    }

    /// <summary>Opens the place of a mount to come: on a mount that the plan knows, or where it has made a place.</summary>
    private Opened OpenTarget(BytePath target, MountFingerprint? on)
    {
        if (on is not null)
            return OpenOn(target, on);
        Opened place = Open(target);
        if (!place.Error.IsError && FindMount(place) is { } own && own.MountPoint == target)
            return place;
        place.Dispose();

        // A place that was taken away and made again is empty.
        if (!target.TryGetParent(out BytePath parent))
            return place.Refuse($"{target} is no place of the plan");
        using Opened above = Open(parent);
        if (above.Error.IsError)
            return above;
        if (FindMount(above) is not { } mount || mount.MountPoint != parent)
            return above.Refuse($"{target} is no place of the plan");
        Errno error = LibC.MakeDirectory(above.File, target.FileName.Span, PlaceMode);
        if (error.IsError && error != Errno.EEXIST)
            return above.Refuse($"{target}: {error}");
        bool isOpen = LibC.TryOpenAt(above.File, target.FileName.Span, OpenFlags.Path | OpenFlags.Directory | OpenFlags.NoFollow, out SafeFileHandle file, out error);
        var opened = new Opened(file, isOpen ? default : error, $"{target}: {error}");
        return opened.Error.IsError || IsOn(opened, mount) ? opened : opened.Refuse($"something is mounted on {target}");
    }

    private static bool IsOn(Opened directory, MountEntry mount) =>
        LibC.TryStatx(directory.File, StatusMask.MountId, out FileStatus status, out _) && status.MountId == (ulong)mount.MountId;

    /// <summary>The mount that an open directory is on.</summary>
    private MountEntry? FindMount(Opened directory) =>
        LibC.TryStatx(directory.File, StatusMask.MountId, out FileStatus status, out _) && LoadMounts(0).TryGet((int)status.MountId, out MountEntry? mount) ? mount : null;

    private static async Task<List<MountTable>> ReadAllAsync(MountNamespaceScanner scanner)
    {
        List<MountTable> tables = [];
        await foreach (MountNamespace found in scanner.ScanAsync().ConfigureAwait(false))
        {
            if (found.IsRead)
                tables.Add(found.Table);
            else if (found.Failure.Failure == MountTableFailure.TooLarge)
                throw new IOException($"mount namespace {found.Id}: {found.Failure.Message}", found.Failure);
        }

        return tables;
    }
}
