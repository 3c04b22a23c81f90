using Overlay2.Storage.Bytes;
using Overlay2.Storage.Kernel;
using Overlay2.Storage.Simulation;
using Overlay2.Storage.Simulation.Backing;
using Overlay2.Storage.Simulation.Merging;

namespace Overlay2.Storage.Layers;

/// <summary>Counts what a recursive operation costs: copies up one object after the other in the simulator, and forgets it again.</summary>
/// <remarks>In memory are the directories from the top to where the count is, and a part of the entries of the last.</remarks>
internal sealed class TreeCounter
{
    /// <summary>So many entries are kept at a time.</summary>
    private const int PartLength = 512;

    private readonly LiveHost _host;
    private readonly OverlayMount _mount;
    private readonly TreeOperation _operation;
    private readonly IProgress<TreeCost>? _progress;
    private readonly CancellationToken _cancellation;

    /// <summary>Indexed objects that were counted: their other names cost nothing more.</summary>
    private readonly HashSet<BackingInode> _indexed = [];
    private TreeCost _cost = new();

    public TreeCounter(LiveHost host, TreeOperation operation, IProgress<TreeCost>? progress, CancellationToken cancellation)
    {
        _host = host;
        _mount = host.Simulator.Mount;
        _operation = operation;
        _progress = progress;
        _cancellation = cancellation;
    }

    public TreeCost Count(BytePath path)
    {
        if (_host.Simulator.Find(path, follow: _operation != TreeOperation.ChangeOwner) is not { } top)
            return Cost() with { Error = LinuxError.ENOENT };
        if (_mount.IsReadOnly)
            return Cost() with { Error = LinuxError.EROFS };
        _mount.Effects.Take();
        CopyUp(top);
        if (top.IsDirectory)
            CountBelow(top);
        bool isFull = _host.Space is { } space && (_cost.SpaceNeeded > space.UsableBytes || _cost.InodesNeeded > space.FreeInodes);
        return Cost() with { Error = isFull ? LinuxError.ENOSPC : LinuxError.OK };
    }

    private TreeCost Cost() => _cost with { Space = _host.Space, Problems = [.. _host.Problems.Kept], ProblemCount = _host.Problems.Count };

    private void CountBelow(OverlayDentry top)
    {
        Stack<Frame> open = new([Open(top, null)]);
        try
        {
            while (open.TryPeek(out Frame? frame))
            {
                if (frame.Below.TryDequeue(out ByteString name))
                {
                    SimulatorSnapshot snapshot = _host.Simulator.TakeSnapshot();
                    if (_mount.Lookup(frame.Directory, name, out OverlayDentry below) == LinuxError.OK && below.IsDirectory)
                    {
                        CopyUp(below);
                        open.Push(Open(below, snapshot));
                    }
                    else
                    {
                        _host.Simulator.Restore(snapshot);
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
            _host.Simulator.Restore(snapshot);
        frame.Forget();
    }

    /// <summary>Counts some entries and puts the directories among them aside.</summary>
    /// <returns>Whether there were any.</returns>
    private bool CountPart(Frame frame)
    {
        SimulatorSnapshot snapshot = _host.Simulator.TakeSnapshot();
        int count = 0;
        for (; count < PartLength && frame.Names.MoveNext(); count++)
        {
            _cancellation.ThrowIfCancellationRequested();
            (ByteString name, OverlayLayer layer) = frame.Names.Current;
            if (_mount.Lookup(frame.Directory, name, out OverlayDentry found) != LinuxError.OK)
                _cost = _cost with { Failing = _cost.Failing + 1 };
            else if (found.IsNegative || TopLayer(found.Inode!) != layer)
                continue;
            else if (found.IsDirectory)
                frame.Below.Enqueue(name);
            else if (found.Inode!.Type != FileType.SymbolicLink || _operation == TreeOperation.ChangeOwner)
                CopyUp(found);
        }

        _host.Simulator.Restore(snapshot);
        frame.Forget();
        _progress?.Report(Cost());
        return count > 0;
    }

    /// <summary>The layer that shows an object: who meets its name in another layer passes over it.</summary>
    private OverlayLayer TopLayer(OverlayInode inode) => inode.Upper is not null ? _mount.Upper! : inode.LowerStack[0].Layer;

    private void CopyUp(OverlayDentry dentry)
    {
        _cost = _cost with { Objects = _cost.Objects + 1 };
        if (dentry.Upper is not null && dentry.HasUpperAlias)
        {
            _cost = _cost with { InUpper = _cost.InUpper + 1 };
            return;
        }

        BackingInode lower = dentry.Inode!.Real;
        if (_host.Features.Index && lower.LinkCount > 1 && !lower.IsDirectory && !_indexed.Add(lower))
            return;
        BackingFileSystem upper = _host.UpperFileSystem!;
        (long blocks, ulong last) = (upper.FreeBlocks, upper.LastNumber);
        if (_mount.CopyUp(dentry) != LinuxError.OK)
            _cost = _cost with { Failing = _cost.Failing + 1 };
        _cost = _cost with
        {
            SpaceNeeded = _cost.SpaceNeeded + ((blocks - upper.FreeBlocks) * FileContent.PageSize),
            InodesNeeded = _cost.InodesNeeded + (long)(upper.LastNumber - last),
        };
        foreach (Effect effect in _mount.Effects.Take())
        {
            _cost = effect.Kind switch
            {
                EffectKind.CopyUp => _cost with { Files = _cost.Files + 1, CopyUpBytes = _cost.CopyUpBytes + effect.Bytes },
                EffectKind.MetadataCopyUp => _cost with { WithoutData = _cost.WithoutData + 1 },
                EffectKind.DirectoryCopyUp => _cost with { Directories = _cost.Directories + 1 },
                EffectKind.LinkBroken => _cost with { BrokenLinks = _cost.BrokenLinks + 1 },
                _ => _cost,
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
