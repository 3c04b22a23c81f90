using System.Runtime.InteropServices;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Mounts;

namespace Overlay2.Storage.Repair.Hosts;

/// <summary>The mounts of a copied machine, found by what steps ask for, and gone back to what they were at a mark.</summary>
/// <remarks>No change costs more for the mounts that it has nothing to do with: plans have thousands of steps on thousands of mounts.</remarks>
internal sealed class MemoryMountSet
{
    private readonly SortedDictionary<long, MemoryMount> _all = [];
    private readonly Dictionary<(ulong, int), List<MemoryMount>> _byId = [];
    private readonly Dictionary<(ulong, int), List<MemoryMount>> _byParent = [];
    private readonly Dictionary<(ulong, int, BytePath), List<MemoryMount>> _byParentAndPoint = [];
    private readonly Dictionary<(ulong, BytePath), List<MemoryMount>> _byPoint = [];
    private readonly Dictionary<int, List<MemoryMount>> _byPeers = [];
    private readonly Dictionary<int, List<MemoryMount>> _byMaster = [];
    private readonly Dictionary<ulong, int> _starts = [];

    /// <summary>What is stacked on a mount as far as it was followed, the mount first; mounts at its end may be gone.</summary>
    private readonly Dictionary<MemoryMount, List<MemoryMount>> _stacks = [];

    /// <summary>Each change: a mount that came or went, as it was then.</summary>
    private readonly List<(bool Came, MemoryMount Mount, MemoryMount State)> _changes = [];

    /// <summary>The tables of the mount namespaces that were not changed since.</summary>
    private readonly Dictionary<ulong, MountTable> _tables = [];
    private long _nextOrder = 1;

    /// <summary>How many changes there were: a mark to go back to.</summary>
    public int Mark => _changes.Count;

    public IEnumerable<MemoryMount> All => _all.Values;

    /// <summary>The mount namespaces, in the order in which they were added.</summary>
    public IReadOnlyCollection<ulong> Namespaces => _starts.Keys;

    public void AddNamespace(ulong namespaceId, MountTable table, CancellationToken cancellationToken = default)
    {
        _starts.TryAdd(namespaceId, FindStart(table));
        foreach (MountEntry entry in table.Entries)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Insert(new MemoryMount(namespaceId, entry));
        }

        _changes.Clear();
        _tables.TryAdd(namespaceId, table);
    }

    /// <summary>Adds a mount behind all others, or where it was before.</summary>
    public void Add(MemoryMount mount)
    {
        Insert(mount);
        _changes.Add((true, mount, mount.Clone()));
    }

    public void Remove(MemoryMount mount)
    {
        Take(mount);
        _changes.Add((false, mount, mount.Clone()));
    }

    /// <summary>Changes a mount that stays where it is in the order.</summary>
    public void Change(MemoryMount mount, Action<MemoryMount> change)
    {
        Remove(mount);
        BytePath place = mount.MountPoint;
        change(mount);
        if (mount.MountPoint != place)
            _stacks.Clear();
        Add(mount);
    }

    /// <summary>Makes the mounts what they were at a mark.</summary>
    public void Return(int mark)
    {
        for (int i = _changes.Count - 1; i >= mark; i--)
        {
            (bool came, MemoryMount mount, MemoryMount state) = _changes[i];
            if (came)
            {
                Take(mount);
            }
            else
            {
                if (mount.MountPoint != state.MountPoint)
                    _stacks.Clear();
                mount.Become(state);
                Insert(mount);
            }
        }

        _changes.RemoveRange(mark, _changes.Count - mark);
    }

    /// <summary>The mounts that are not as they were at a mark: how they were, and how they are.</summary>
    public (List<MemoryMount> Gone, List<MemoryMount> Came) ChangesSince(int mark)
    {
        Dictionary<MemoryMount, (MemoryMount? Before, MemoryMount? After)> changed = [];
        foreach ((bool came, MemoryMount mount, MemoryMount state) in CollectionsMarshal.AsSpan(_changes)[mark..])
            changed[mount] = (changed.TryGetValue(mount, out (MemoryMount? Before, MemoryMount?) known) ? known.Before : came ? null : state, came ? state : null);
        changed = changed.Where(pair => pair.Value is not { Before: { } before, After: { } after } || !before.IsSame(after)).ToDictionary();
        return ([.. changed.Values.Select(pair => pair.Before).OfType<MemoryMount>()], [.. changed.Values.Select(pair => pair.After).OfType<MemoryMount>()]);
    }

    /// <summary>The mounts of a namespace as a table.</summary>
    public MountTable Load(ulong namespaceId)
    {
        if (!_tables.TryGetValue(namespaceId, out MountTable? table))
        {
            int index = 0;
            table = MountTable.FromEntries([.. _all.Values.Where(mount => mount.NamespaceId == namespaceId).Select(mount => mount.ToEntry(index++))]);
            _tables.Add(namespaceId, table);
        }

        return table;
    }

    public MemoryMount? Find(ulong namespaceId, int id) => _byId.TryGetValue((namespaceId, id), out List<MemoryMount>? mounts) ? mounts[0] : null;

    /// <summary>The mount that a fingerprint means; see <see cref="MountFingerprint.FindIn"/>.</summary>
    public MemoryMount? Find(ulong namespaceId, MountFingerprint fingerprint)
    {
        IReadOnlyList<MemoryMount> candidates = fingerprint.MountId == 0
            ? _byPoint.GetValueOrDefault((namespaceId, fingerprint.MountPoint)) ?? []
            : _byId.GetValueOrDefault((namespaceId, fingerprint.MountId)) ?? [];
        MemoryMount? found = null;
        foreach (MemoryMount mount in candidates)
        {
            if (!fingerprint.Matches(mount.ToEntry(0)))
                continue;
            found ??= mount;
            if (Resolve(namespaceId, mount.MountPoint) == mount)
                return mount;
        }

        return found;
    }

    public MemoryMount? ParentOf(MemoryMount mount) => Find(mount.NamespaceId, mount.ParentId);

    public IEnumerable<MemoryMount> ChildrenOf(MemoryMount mount) =>
        _byParent.TryGetValue((mount.NamespaceId, mount.Id), out List<MemoryMount>? children) ? children.Where(child => child != mount) : [];

    /// <summary>The mount that is entered at a place on another: of several the last.</summary>
    public MemoryMount? ChildAt(MemoryMount mount, BytePath place) => ChildAt(mount.NamespaceId, mount.Id, place);

    public IReadOnlyList<MemoryMount> PeersIn(int group) => _byPeers.GetValueOrDefault(group) ?? [];

    public IReadOnlyList<MemoryMount> SlavesOf(int group) => _byMaster.GetValueOrDefault(group) ?? [];

    /// <summary>The mount that a path leads to, as <see cref="MountTable.Resolve(BytePath)"/> walks.</summary>
    public MemoryMount? Resolve(ulong namespaceId, BytePath path)
    {
        int at = _starts.GetValueOrDefault(namespaceId, -1);
        MemoryMount? current = Find(namespaceId, at);
        PathComponents components = path.GetComponents();
        while (_byParent.ContainsKey((namespaceId, at)) && components.MoveNext())
        {
            if (ChildAt(namespaceId, at, new BytePath(ByteString.Wrap(path.Bytes.Memory[..components.Through.Length]))) is not { } child)
                continue;
            current = TopOf(child);
            at = current.Id;
        }

        return current;
    }

    private MemoryMount? ChildAt(ulong namespaceId, int parent, BytePath place)
    {
        if (!_byParentAndPoint.TryGetValue((namespaceId, parent, place), out List<MemoryMount>? children))
            return null;
        MemoryMount last = children[^1];

        // The root mount of a machine may be its own parent.
        return last.Id != parent ? last : children.Count > 1 ? children[^2] : null;
    }

    private MemoryMount TopOf(MemoryMount bottom)
    {
        if (!_stacks.TryGetValue(bottom, out List<MemoryMount>? stack))
            _stacks.Add(bottom, stack = [bottom]);
        while (stack.Count > 1 && (!_all.TryGetValue(stack[^1].Order, out MemoryMount? there) || there != stack[^1]))
            stack.RemoveAt(stack.Count - 1);
        while (ChildAt(stack[^1], bottom.MountPoint) is { } above)
            stack.Add(above);
        return stack[^1];
    }

    private void Insert(MemoryMount mount)
    {
        if (mount.Order == 0)
            mount.Order = _nextOrder++;
        _all.Add(mount.Order, mount);
        _tables.Remove(mount.NamespaceId);
        Into(_byId, (mount.NamespaceId, mount.Id), mount);
        Into(_byParent, (mount.NamespaceId, mount.ParentId), mount);
        Into(_byParentAndPoint, (mount.NamespaceId, mount.ParentId, mount.MountPoint), mount);
        ForgetWhatItIsBeside(mount);
        Into(_byPoint, (mount.NamespaceId, mount.MountPoint), mount);
        if (mount.Peers is { } peers)
            Into(_byPeers, peers, mount);
        if (mount.Master is { } master)
            Into(_byMaster, master, mount);
    }

    private void Take(MemoryMount mount)
    {
        _all.Remove(mount.Order);
        _tables.Remove(mount.NamespaceId);
        From(_byId, (mount.NamespaceId, mount.Id), mount);
        From(_byParent, (mount.NamespaceId, mount.ParentId), mount);
        ForgetWhatItIsBeside(mount);
        From(_byParentAndPoint, (mount.NamespaceId, mount.ParentId, mount.MountPoint), mount);
        From(_byPoint, (mount.NamespaceId, mount.MountPoint), mount);
        if (mount.Peers is { } peers)
            From(_byPeers, peers, mount);
        if (mount.Master is { } master)
            From(_byMaster, master, mount);
    }

    /// <summary>Of several mounts at one place on another, which propagation makes, the last is entered: which one that is changes when one comes or goes.</summary>
    private void ForgetWhatItIsBeside(MemoryMount mount)
    {
        if (_byParentAndPoint[(mount.NamespaceId, mount.ParentId, mount.MountPoint)].Count > 1)
            _stacks.Clear();
    }

    /// <summary>The id of the mount that a walk starts in, also where the table does not show it; -1 if that is not known. See <see cref="MountTable.Root"/>.</summary>
    private static int FindStart(MountTable table)
    {
        if (table.Root is { } root)
            return root.MountId;
        MountEntry[] top = [.. table.TopLevel.Where(mount => !table.TryGet(mount.ParentId, out _))];
        return Array.Find(top, mount => mount.MountPoint == BytePath.Root)?.ParentId ?? (top.Length > 0 && Array.TrueForAll(top, mount => mount.ParentId == top[0].ParentId) ? top[0].ParentId : -1);
    }

    /// <summary>Lists are in the order of the mounts; what is added is nearly always the last.</summary>
    private static void Into<TKey>(Dictionary<TKey, List<MemoryMount>> index, TKey key, MemoryMount mount)
        where TKey : notnull
    {
        if (!index.TryGetValue(key, out List<MemoryMount>? mounts))
            index.Add(key, mounts = []);
        int place = mounts.Count;
        while (place > 0 && mounts[place - 1].Order > mount.Order)
            place--;
        mounts.Insert(place, mount);
    }

    private static void From<TKey>(Dictionary<TKey, List<MemoryMount>> index, TKey key, MemoryMount mount)
        where TKey : notnull
    {
        List<MemoryMount> mounts = index[key];
        mounts.RemoveAt(mounts.LastIndexOf(mount));
        if (mounts.Count == 0)
            index.Remove(key);
    }
}
