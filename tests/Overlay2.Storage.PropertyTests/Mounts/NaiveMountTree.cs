using Overlay2.Storage.Mounts;

namespace Overlay2.Storage.PropertyTests.Mounts;

/// <summary>The rule of the path walk written down literally, without an index: what the table is compared with.</summary>
internal sealed class NaiveMountTree
{
    private readonly IReadOnlyList<MountEntry> _entries;
    private readonly MountEntry? _root;

    /// <summary>The id of the mount that the walk starts in; none if the table does not say.</summary>
    private readonly int? _start;

    public NaiveMountTree(IReadOnlyList<MountEntry> entries)
    {
        _entries = entries;
        MountEntry[] orphans = [.. entries.Where(entry => First(entry.ParentId) is null)];
        _root = entries.FirstOrDefault(entry => Parent(entry) is null && IsRoot(entry)
            && (entry.ParentId == entry.MountId || orphans.Contains(entry)));
        if (_root is not null)
        {
            bool hasSibling = orphans.Any(entry => entry.ParentId == _root.ParentId && !IsRoot(entry));
            _start = hasSibling ? _root.ParentId : _root.MountId;
            _root = hasSibling ? null : _root;
        }
        else if (orphans.Select(entry => entry.ParentId).Distinct().Count() == 1)
        {
            _start = orphans[0].ParentId;
        }
    }

    public MountEntry? Walk(string path)
    {
        MountEntry? current = _root;
        string soFar = "";
        if (_start is null)
            return null;
        foreach (string component in Components(path))
        {
            soFar += "/" + component;
            while (_entries.LastOrDefault(entry => IsOn(entry, current) && entry.MountPoint.IsAbsolute && Normalized(entry) == soFar) is { } child)
                current = child;
        }

        return current;
    }

    public MountVisibilityStatus GetStatus(MountEntry entry)
    {
        var seen = new HashSet<MountEntry>();
        for (MountEntry? at = entry; at != _root; at = Parent(at!))
        {
            if (at is null || _start is null || !seen.Add(at) || !at.MountPoint.IsAbsolute)
                return MountVisibilityStatus.Unknown;
            MountEntry? parent = Parent(at);
            if (parent is null && (_root is not null || at.ParentId != _start))
                return MountVisibilityStatus.Unknown;
            if (parent is null)
                break;
            if (!(Normalized(at) + "/").StartsWith(Normalized(parent) + "/", StringComparison.Ordinal))
                return MountVisibilityStatus.Unknown;
        }

        return Walk(entry.MountPoint.ToString()) == entry ? MountVisibilityStatus.Visible : MountVisibilityStatus.Hidden;
    }

    private bool IsOn(MountEntry entry, MountEntry? mount) =>
        mount is null ? entry.ParentId == _start && Parent(entry) is null : Parent(entry) == mount;

    private MountEntry? Parent(MountEntry entry)
    {
        MountEntry? parent = First(entry.ParentId);
        if (parent == entry)
            return null;

        // The first entry of a ring of parents has none.
        var ring = new List<MountEntry> { entry };
        for (MountEntry? at = parent; at is not null; at = First(at.ParentId))
        {
            if (at == entry)
                return ring.MinBy(member => _entries.ToList().IndexOf(member)) == entry ? null : parent;
            if (ring.Contains(at))
                break;
            ring.Add(at);
        }

        return parent;
    }

    private MountEntry? First(int id) => _entries.FirstOrDefault(entry => entry.MountId == id);

    private static bool IsRoot(MountEntry entry) => entry.MountPoint.IsAbsolute && Normalized(entry).Length == 0;

    private static string Normalized(MountEntry entry) => string.Concat(Components(entry.MountPoint.ToString()).Select(component => "/" + component));

    private static string[] Components(string path) => path.Split('/', StringSplitOptions.RemoveEmptyEntries);
}
