using System.Collections.Immutable;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Snapshots;

namespace Overlay2.Storage.Repair.Hosts;

internal sealed partial class MemoryEntries
{
    private readonly HashSet<(BytePath, EntryAttribute)> _cleared = [];

    public bool HasAttribute(StorePlace place, EntryAttribute attribute)
    {
        return FindMarks(place, attribute).Any() && !_cleared.Contains((place.FullPath, attribute));
    }

    public HostResult SetAttribute(StorePlace place, EntryAttribute attribute, bool isSet)
    {
        if (!FindMarks(place, attribute).Any())
            return new HostResult($"{place}: the snapshot does not tell its attributes");
        if (isSet)
            _cleared.Remove((place.FullPath, attribute));
        else
            _cleared.Add((place.FullPath, attribute));
        return HostResult.Done;
    }

    private IEnumerable<UpperMark> FindMarks(StorePlace place, EntryAttribute attribute) => snapshot.Uppers.TryGet(out ImmutableArray<UpperScan> scans)
        ? scans.SelectMany(scan => scan.Marks.Where(mark => KindOf(attribute) == mark.Kind && PathOf(scan, mark) == place.FullPath))
        : [];

    private SnapshotPart<ImmutableArray<UpperScan>> RemainingUppers() => _cleared.Count > 0 && snapshot.Uppers.TryGet(out ImmutableArray<UpperScan> scans)
        ? SnapshotPart.Known(scans.Select(scan => scan with { Marks = [.. scan.Marks.Where(mark => !IsCleared(PathOf(scan, mark), mark.Kind))] }).ToImmutableArray())
        : snapshot.Uppers;

    private bool IsCleared(BytePath path, UpperMarkKind kind) => _cleared.Any(cleared => cleared.Item1 == path && KindOf(cleared.Item2) == kind);

    private static BytePath PathOf(UpperScan scan, UpperMark mark) => scan.Directory.Combine(mark.Path);

    private static UpperMarkKind KindOf(EntryAttribute attribute) => attribute == EntryAttribute.Immutable ? UpperMarkKind.Immutable : UpperMarkKind.AppendOnly;
}
