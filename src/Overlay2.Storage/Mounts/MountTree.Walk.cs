using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.Mounts;

/// <content>The path walk.</content>
internal sealed partial class MountTree
{
    /// <summary>Stands for the mount a walk starts in where the table does not show it.</summary>
    private const int UnseenRoot = -2;

    private readonly bool _hasStart;

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
        if (!_hasStart)
            return None;

        int current = Root == None ? UnseenRoot : Root;
        int entered = 0;
        HashCode hash = default;
        var components = new PathComponents(path);
        while (CanHoldMounts(current) && components.MoveNext())
        {
            AddComponent(ref hash, components.Current);
            int end = components.Through.Length;
            int child = FindMountOn(current, hash.ToHashCode(), path[entered..end]);
            if (child != None)
            {
                current = _top[child];
                entered = end;
            }
        }

        return current == UnseenRoot ? None : current;
    }

    private bool CanHoldMounts(int entry) => entry == UnseenRoot || _firstChild[entry] != None;

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

    /// <summary>Where a walk starts: in the first mount on <c>/</c> whose parent the table does not show; if there is none, in
    /// the one mount, itself not shown, that all mounts without a parent are on (a process whose root directory is no mount).</summary>
    private void FindRoot(out int root, out bool hasStart)
    {
        root = None;
        int? unseenParent = null;
        bool oneParent = true;
        for (int i = _firstTopLevel; i != None; i = _nextSibling[i])
        {
            MountEntry entry = _entries[i];
            int parent = FindById(entry.ParentId);
            if (parent != None && parent != FindById(entry.MountId))
                continue;

            if (HasSameComponents(entry.MountPoint.Span, "/"u8))
            {
                root = i;
                break;
            }

            oneParent &= parent == None && (unseenParent ?? entry.ParentId) == entry.ParentId;
            unseenParent = entry.ParentId;
        }

        hasStart = root != None || (oneParent && unseenParent is not null);
    }

    /// <summary>Finds the entries that a walk can lead to, parents first, then what is stacked on them, children first.</summary>
    private void IndexWalk()
    {
        Array.Fill(_suffixStart, None);
        if (!_hasStart)
            return;

        int[] order = new int[_entries.Length];
        int count = 0;
        if (Root != None)
        {
            _suffixStart[Root] = 0;
            order[count++] = Root;
        }
        else
        {
            for (int i = _firstTopLevel; i != None; i = _nextSibling[i])
            {
                if (FindById(_entries[i].ParentId) == None)
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
            int above = FindMountOn(entry, _mountPointHash[entry], default);
            _top[entry] = above == None ? entry : _top[above];
        }
    }

    private void Connect(int entry, ReadOnlySpan<byte> parentPoint, int[] order, ref int count)
    {
        int suffixStart = FindSuffix(_entries[entry].MountPoint.Span, parentPoint);
        if (suffixStart == None)
            return;

        _suffixStart[entry] = suffixStart;
        order[count++] = entry;
        _byParentAndPoint.Add(HashCode.Combine(WalkParent(entry), _mountPointHash[entry]), entry);
    }

    /// <summary>Where the part of <paramref name="path"/> behind <paramref name="prefix"/> starts; -1 if it is not below it.</summary>
    private static int FindSuffix(ReadOnlySpan<byte> path, ReadOnlySpan<byte> prefix)
    {
        if (path.IsEmpty || path[0] != (byte)'/')
            return None;

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
