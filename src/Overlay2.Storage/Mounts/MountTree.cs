using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.Mounts;

/// <summary>Who is mounted on whom, and where a path walk goes.</summary>
/// <remarks>
/// <para>Everything is in arrays by the place of an entry in the table; -1 means none. Building takes time and memory linear in
/// the text, whatever ids and paths it holds.</para>
/// <para>Parents form a forest also in a text no kernel wrote: of lines with the same id the first counts, and the first line
/// of a ring of parents has no parent.</para>
/// </remarks>
internal sealed partial class MountTree
{
    private const int None = -1;

    private readonly MountEntry[] _entries;

    /// <summary>The mount ids once more, close together: a search by id then stays in the cache.</summary>
    private readonly int[] _ids;
    private readonly ChainedIndex _byId;
    private readonly ChainedIndex _byMountPoint;
    private readonly int[] _mountPointHash;
    private readonly int[] _parent;
    private readonly int[] _firstChild;
    private readonly int[] _nextSibling;
    private readonly int _firstTopLevel;

    /// <summary>Builds the tree of these entries.</summary>
    /// <param name="entries">The entries.</param>
    /// <param name="mountPointHashes">The <see cref="HashPath"/> of each mount point: made while the text of the line is still in
    /// the cache of the processor, which in a large table costs a third of doing it here.</param>
    public MountTree(MountEntry[] entries, int[] mountPointHashes)
    {
        _entries = entries;
        _mountPointHash = mountPointHashes;
        int count = entries.Length;
        _ids = new int[count];
        _byId = new ChainedIndex(count);
        _byMountPoint = new ChainedIndex(count);
        _parent = new int[count];
        _firstChild = new int[count];
        _nextSibling = new int[count];
        _byParentAndPoint = new ChainedIndex(count);
        _suffixStart = new int[count];
        _top = new int[count];

        // From the last to the first, so that a chain gives the first line of an id, or the first sibling, first.
        for (int i = count - 1; i >= 0; i--)
        {
            _ids[i] = entries[i].MountId;
            _byId.Add(HashCode.Combine(_ids[i]), i);
            _byMountPoint.Add(_mountPointHash[i], i);
        }

        for (int i = 0; i < count; i++)
        {
            int parent = FindById(entries[i].ParentId);
            _parent[i] = parent == i ? None : parent;
        }

        CutRings();
        Array.Fill(_firstChild, None);
        _firstTopLevel = None;
        for (int i = count - 1; i >= 0; i--)
        {
            ref int first = ref _firstTopLevel;
            if (_parent[i] != None)
                first = ref _firstChild[_parent[i]];
            _nextSibling[i] = first;
            first = i;
        }

        Root = FindStart(out _unseenRoot);
        IndexWalk();
    }

    /// <summary>The entry a walk starts in, or -1.</summary>
    public int Root { get; }

    public int FirstTopLevel => _firstTopLevel;

    public int FindById(int mountId)
    {
        int i = _byId.First(HashCode.Combine(mountId));
        while (i != None && _ids[i] != mountId)
            i = _byId.Next(i);
        return i;
    }

    public int FindByMountPoint(ReadOnlySpan<byte> path) => SameMountPoint(_byMountPoint.First(HashPath(path)), path);

    public int NextAtMountPoint(int entry) => SameMountPoint(_byMountPoint.Next(entry), _entries[entry].MountPoint.Span);

    public int GetParent(int entry) => _parent[entry];

    public int FirstChild(int entry) => _firstChild[entry];

    public int NextSibling(int entry) => _nextSibling[entry];

    private bool IsAbsolute(int entry) => _mountPointHash[entry] < 0;

    private int SameMountPoint(int candidate, ReadOnlySpan<byte> path)
    {
        bool isAbsolute = path is [(byte)'/', ..];
        while (candidate != None && !(IsAbsolute(candidate) == isAbsolute && HasSameComponents(_entries[candidate].MountPoint.Span, path)))
            candidate = _byMountPoint.Next(candidate);
        return candidate;
    }

    /// <summary>Takes the parent from the first entry of each ring of parents.</summary>
    private void CutRings()
    {
        // The entry from which a place was first seen, plus 1.
        int[] seenFrom = new int[_entries.Length];
        for (int i = 0; i < seenFrom.Length; i++)
        {
            int at = i;
            while (at != None && seenFrom[at] == 0)
            {
                seenFrom[at] = i + 1;
                at = _parent[at];
            }

            if (at == None || seenFrom[at] != i + 1)
                continue;

            int first = at;
            for (int next = _parent[at]; next != at; next = _parent[next])
                first = Math.Min(first, next);
            _parent[first] = None;
        }
    }

    /// <summary>A hash of the components of a path; it is negative for an absolute path only.</summary>
    public static int HashPath(ReadOnlySpan<byte> path)
    {
        HashCode hash = default;
        foreach (ReadOnlySpan<byte> component in new PathComponents(path))
            AddComponent(ref hash, component);
        return path is [(byte)'/', ..] ? HashAbsolute(hash) : hash.ToHashCode() & int.MaxValue;
    }

    private static int HashAbsolute(HashCode components) => components.ToHashCode() | int.MinValue;

    private static void AddComponent(ref HashCode hash, ReadOnlySpan<byte> component)
    {
        hash.AddBytes(component);
        hash.Add(component.Length);
    }

    public static bool HasSameComponents(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        if (left.SequenceEqual(right))
            return true;

        var rightComponents = new PathComponents(right);
        foreach (ReadOnlySpan<byte> component in new PathComponents(left))
        {
            if (!rightComponents.MoveNext() || !rightComponents.Current.SequenceEqual(component))
                return false;
        }

        return !rightComponents.MoveNext();
    }
}
