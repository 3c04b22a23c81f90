using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.Mounts;

/// <content>The path walk.</content>
internal sealed partial class MountTree
{
    /// <summary>Stands for the mount a walk starts in where the table does not show it.</summary>
    private const int UnseenRoot = -2;

    private readonly int? _unseenRoot;

    /// <summary>Entries that a walk can enter, by the mount they are on and their mount point; of two alike the later line is found.</summary>
    private readonly ChainedIndex _byParentAndPoint;

    /// <summary>Where in a mount point the part behind the parent's mount point starts; -1 if no walk can lead to the entry.</summary>
    private readonly int[] _suffixStart;

    /// <summary>The topmost of the mounts stacked on an entry's own root.</summary>
    private readonly int[] _top;

    /// <summary>Whether a chain of mounts, each at a path below the other, leads from the start of a walk to the entry.</summary>
    public bool IsConnected(int entry) => _suffixStart[entry] != None;

    /// <summary>The entry in which a walk along an absolute path ends; -1 if the table does not show it.</summary>
    public int Walk(ReadOnlySpan<byte> path)
    {
        int current = _unseenRoot is null ? Root : UnseenRoot;
        int entered = 0;
        HashCode hash = default;
        var components = new PathComponents(path);
        while (CanHoldMounts(current) && components.MoveNext())
        {
            AddComponent(ref hash, components.Current);
            int end = components.Through.Length;
            int child = FindMountOn(current, HashAbsolute(hash), path[entered..end]);
            if (child != None)
            {
                current = _top[child];
                entered = end;
            }
        }

        return current == UnseenRoot ? None : current;
    }

    private bool CanHoldMounts(int entry) => entry == UnseenRoot || (entry != None && _firstChild[entry] != None);

    /// <summary>The child of <paramref name="parent"/> at the path with this hash, of which <paramref name="suffix"/> lies behind
    /// the parent's mount point. Comparing only that part keeps a whole walk linear in its path.</summary>
    private int FindMountOn(int parent, int pathHash, ReadOnlySpan<byte> suffix)
    {
        int child = _byParentAndPoint.First(HashCode.Combine(parent, pathHash));
        while (child != None
            && (_mountPointHash[child] != pathHash || WalkParent(child) != parent
                || !HasSameComponents(_entries[child].MountPoint.Span[_suffixStart[child]..], suffix)))
        {
            child = _byParentAndPoint.Next(child);
        }

        return child;
    }

    private int WalkParent(int entry) => _parent[entry] == None ? UnseenRoot : _parent[entry];

    /// <summary>Where a walk starts: in the first mount on <c>/</c> whose parent the table does not show, or in a mount that the
    /// table does not show itself because the root directory of the process lies within it.</summary>
    /// <remarks>The second is so where nothing is mounted on <c>/</c> and all mounts without a parent are on one, and where the
    /// mount on <c>/</c> has a sibling elsewhere: below a root directory that is a mount, nothing can be on that mount's parent.</remarks>
    /// <param name="unseenRoot">The id of the mount that is not shown; <see langword="null"/> if the walk does not start there.</param>
    /// <returns>The entry the walk starts in, or -1.</returns>
    private int FindStart(out int? unseenRoot)
    {
        int root = _firstTopLevel;
        while (root != None && !(IsOnRoot(root) && (HasUnseenParent(root) || _entries[root].ParentId == _entries[root].MountId)))
            root = _nextSibling[root];

        unseenRoot = null;
        for (int i = _firstTopLevel; i != None; i = _nextSibling[i])
        {
            if (!HasUnseenParent(i))
                continue;

            int parentId = _entries[i].ParentId;
            if (root == None && parentId != (unseenRoot ?? parentId))
            {
                unseenRoot = null;
                return None;
            }

            if (root == None || (parentId == _entries[root].ParentId && !IsOnRoot(i)))
                unseenRoot = parentId;
        }

        return unseenRoot is null ? root : None;
    }

    private bool HasUnseenParent(int entry) => FindById(_entries[entry].ParentId) == None;

    private bool IsOnRoot(int entry) => IsAbsolute(entry) && !_entries[entry].MountPoint.Span.ContainsAnyExcept((byte)'/');

    /// <summary>Finds the entries that a walk can lead to, parents first, then what is stacked on them, children first.</summary>
    private void IndexWalk()
    {
        Array.Fill(_suffixStart, None);
        int[] order = new int[_entries.Length];
        int count = 0;
        if (Root != None)
        {
            _suffixStart[Root] = 0;
            order[count++] = Root;
        }
        else if (_unseenRoot is not null)
        {
            for (int i = _firstTopLevel; i != None; i = _nextSibling[i])
            {
                if (_entries[i].ParentId == _unseenRoot)
                    Connect(i, "/"u8, order, ref count);
            }
        }

        for (int done = 0; done < count; done++)
        {
            int parent = order[done];
            for (int child = _firstChild[parent]; child != None; child = _nextSibling[child])
                Connect(child, _entries[parent].MountPoint.Span, order, ref count);
        }

        for (int i = count - 1; i >= 0; i--)
        {
            int entry = order[i];
            int above = CanHoldMounts(entry) ? FindMountOn(entry, _mountPointHash[entry], default) : None;
            _top[entry] = above == None ? entry : _top[above];
        }
    }

    private void Connect(int entry, ReadOnlySpan<byte> parentPoint, int[] order, ref int count)
    {
        // Most mounts are directly on the root mount: their text, long out of the cache, need not be looked at.
        int suffixStart = None;
        if (IsAbsolute(entry))
            suffixStart = parentPoint.Length == 1 ? 0 : FindSuffix(_entries[entry].MountPoint.Span, parentPoint);
        if (suffixStart == None)
            return;

        _suffixStart[entry] = suffixStart;
        order[count++] = entry;
        _byParentAndPoint.Add(HashCode.Combine(WalkParent(entry), _mountPointHash[entry]), entry);
    }

    /// <summary>Where the part of <paramref name="path"/> behind <paramref name="prefix"/> starts; -1 if it is not below it.</summary>
    private static int FindSuffix(ReadOnlySpan<byte> path, ReadOnlySpan<byte> prefix)
    {
        var components = new PathComponents(path);
        int end = 0;
        foreach (ReadOnlySpan<byte> component in new PathComponents(prefix))
        {
            if (!components.MoveNext() || !components.Current.SequenceEqual(component))
                return None;
            end = components.Through.Length;
        }

        return end;
    }
}
