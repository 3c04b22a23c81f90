using Overlay2.Storage.Bytes;
using Overlay2.Storage.Kernel;
using Overlay2.Storage.Simulation.Backing;
using Overlay2.Storage.Simulation.Merging;

namespace Overlay2.Storage.Simulation;

/// <summary>Counts what a recursive operation costs: copies up one object after the other in the simulator, and forgets it again.</summary>
/// <remarks>In memory are the directories from the top to where the count is, and a part of the entries of the last.</remarks>
internal sealed class TreeCounter
{
    /// <summary>So many entries are kept at a time.</summary>
    private const int PartLength = 512;

    private readonly OverlaySimulator _simulator;
    private readonly OverlayMount _mount;
    private readonly TreeOperation _operation;
    private readonly IProgress<TreeCount>? _progress;
    private readonly CancellationToken _cancellation;

    /// <summary>Indexed objects that were counted: their other names cost nothing more.</summary>
    private readonly HashSet<BackingInode> _indexed = [];
    private TreeCount _count = new();

    /// <param name="simulator">A simulator on which nothing was changed yet; it is of no use afterwards.</param>
    /// <param name="operation">What would be done.</param>
    /// <param name="progress">Told the count so far.</param>
    /// <param name="cancellation">Ends the count.</param>
    public TreeCounter(OverlaySimulator simulator, TreeOperation operation, IProgress<TreeCount>? progress, CancellationToken cancellation)
    {
        _simulator = simulator;
        _mount = simulator.Mount;
        _operation = operation;
        _progress = progress;
        _cancellation = cancellation;
    }

    public TreeCount Count(BytePath path)
    {
        if (_simulator.Find(path, follow: _operation != TreeOperation.ChangeOwner) is not { } top)
            return _count with { Error = LinuxError.ENOENT };
        if (_mount.IsReadOnly)
            return _count with { Error = LinuxError.EROFS };
        _mount.Effects.Take();
        _mount.Effects.LeavesOutPaths = true;
        CopyUp(top);
        if (top.IsDirectory)
            CountBelow(top);
        return _count;
    }

    private void CountBelow(OverlayDentry top)
    {
        Stack<Frame> open = new([Open(top, null)]);
        try
        {
            while (open.TryPeek(out Frame? frame))
            {
                if (frame.Below.TryDequeue(out ByteString name))
                {
                    SimulatorSnapshot snapshot = _simulator.TakeSnapshot();
                    if (_mount.Lookup(frame.Directory, name, out OverlayDentry below) == LinuxError.OK && below.IsDirectory)
                    {
                        CopyUp(below);
                        open.Push(Open(below, snapshot));
                    }
                    else
                    {
                        _simulator.Restore(snapshot);
                    }
                }
                else if (!CountPart(frame))
                {
                    open.Pop();
                    Close(frame);
                }
            }
        }
        finally
        {
            while (open.TryPop(out Frame? frame))
                Close(frame);
        }
    }

    private Frame Open(OverlayDentry directory, SimulatorSnapshot? before)
    {
        OverlayInode inode = directory.Inode!;
        List<(BackingInode Directory, OverlayLayer Layer)> parts = [];
        if (inode.Upper is { } upper)
            parts.Add((upper, _mount.Upper!));
        parts.AddRange(inode.LowerStack.Where(static lower => lower.Inode is { IsDirectory: true }).Select(static lower => (lower.Inode!, lower.Layer)));
        return new Frame(directory, parts, before);
    }

    private void Close(Frame frame)
    {
        frame.Names.Dispose();
        if (frame.Before is { } snapshot)
            _simulator.Restore(snapshot);
        frame.Forget();
    }

    /// <summary>Counts some entries and puts the directories among them aside.</summary>
    /// <returns>Whether there were any.</returns>
    private bool CountPart(Frame frame)
    {
        SimulatorSnapshot snapshot = _simulator.TakeSnapshot();
        int count = 0;
        for (; count < PartLength && frame.Names.MoveNext(); count++)
        {
            _cancellation.ThrowIfCancellationRequested();
            (ByteString name, OverlayLayer layer) = frame.Names.Current;
            if (_mount.Lookup(frame.Directory, name, out OverlayDentry found) != LinuxError.OK)
                _count = _count with { Failing = _count.Failing + 1 };
            else if (found.IsNegative || TopLayer(found.Inode!) != layer)
                continue;
            else if (found.IsDirectory)
                frame.Below.Enqueue(name);
            else if (found.Inode!.Type != FileType.SymbolicLink || _operation == TreeOperation.ChangeOwner)
                CopyUp(found);
        }

        _simulator.Restore(snapshot);
        frame.Forget();
        _progress?.Report(_count);
        return count > 0;
    }

    /// <summary>The layer that shows an object: who meets its name in another layer passes over it.</summary>
    private OverlayLayer TopLayer(OverlayInode inode) => inode.Upper is not null ? _mount.Upper! : inode.LowerStack[0].Layer;

    private void CopyUp(OverlayDentry dentry)
    {
        _count = _count with { Objects = _count.Objects + 1 };
        if (dentry.Upper is not null && dentry.HasUpperAlias)
        {
            _count = _count with { InUpper = _count.InUpper + 1 };
            return;
        }

        BackingInode lower = dentry.Inode!.Real;
        if (_mount.Features.Index && lower.LinkCount > 1 && !lower.IsDirectory && !_indexed.Add(lower))
            return;
        BackingFileSystem upper = _mount.Upper!.Root.FileSystem;
        (long blocks, ulong last) = (upper.FreeBlocks, upper.LastNumber);
        if (_mount.CopyUp(dentry) != LinuxError.OK)
            _count = _count with { Failing = _count.Failing + 1 };
        _count = _count with
        {
            SpaceNeeded = _count.SpaceNeeded + ((blocks - upper.FreeBlocks) * FileContent.PageSize),
            InodesNeeded = _count.InodesNeeded + (long)(upper.LastNumber - last),
        };
        foreach (Effect effect in _mount.Effects.Take())
        {
            _count = effect.Kind switch
            {
                EffectKind.CopyUp => _count with { Files = _count.Files + 1, CopyUpBytes = _count.CopyUpBytes + effect.Bytes },
                EffectKind.MetadataCopyUp => _count with { WithoutData = _count.WithoutData + 1 },
                EffectKind.DirectoryCopyUp => _count with { Directories = _count.Directories + 1 },
                EffectKind.LinkBroken => _count with { BrokenLinks = _count.BrokenLinks + 1 },
                _ => _count,
            };
        }
    }

    /// <summary>A directory that is being counted.</summary>
    private sealed class Frame(OverlayDentry directory, List<(BackingInode Directory, OverlayLayer Layer)> parts, SimulatorSnapshot? before)
    {
        public OverlayDentry Directory { get; } = directory;

        /// <summary>The state before the directory was looked up; none for the top.</summary>
        public SimulatorSnapshot? Before { get; } = before;

        /// <summary>The names in every real directory that makes up the merged one, each with its layer; a name may come several times.</summary>
        public IEnumerator<(ByteString Name, OverlayLayer Layer)> Names { get; } =
            parts.SelectMany(static part => part.Directory.Children!.KeysOnDisk.Select(name => (name, part.Layer))).GetEnumerator();

        /// <summary>Directories in it that are still to be counted.</summary>
        public Queue<ByteString> Below { get; } = new();

        public void Forget()
        {
            foreach ((BackingInode part, _) in parts)
                part.FileSystem.ForgetEntries(part);
        }
    }
}
