using System.Collections.Immutable;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Hosts;
using Overlay2.Storage.Mounts;
using Overlay2.Storage.Snapshots;

namespace Overlay2.Storage.Diagnosis.Rules;

/// <summary>OVL0009. Upper directories are compared by file system and path in it, so that namespaces with other paths do not matter.</summary>
internal sealed class SharedUpperRule() : LibraryRule(FindingIds.SharedUpper, DiagnosisStage.Topology)
{
    public override void Examine(HostView host, FindingSink findings)
    {
        if (!findings.TryGetMounts(host, out HostMounts? mounts))
            return;

        var users = new Dictionary<(int, int, BytePath), List<(HostOverlay Overlay, SnapshotNamespace? Namespace)>>();
        foreach (HostOverlay overlay in mounts.Overlays)
            Add(host, users, overlay, mounts.Table, other: null);
        foreach ((SnapshotNamespace other, MountTable table) in findings.OtherNamespaces(host))
        {
            foreach (MountEntry mount in table.Entries)
            {
                findings.CancellationToken.ThrowIfCancellationRequested();
                // A mount that the engine's namespace has too was counted there.
                if (mount.IsOverlay && !mounts.HasDevice(mount))
                    Add(host, users, new HostOverlay(mount), table, other);
            }
        }

        foreach (List<(HostOverlay Overlay, SnapshotNamespace? Namespace)> list in users.Values)
        {
            // One file system that is mounted twice is harmless.
            if (list.Exists(user => user.Overlay.Mount.Major != list[0].Overlay.Mount.Major || user.Overlay.Mount.Minor != list[0].Overlay.Mount.Minor))
                Report(findings, list);
        }
    }

    private static void Add(
        HostView host, Dictionary<(int, int, BytePath), List<(HostOverlay, SnapshotNamespace?)>> users, HostOverlay overlay, MountTable table, SnapshotNamespace? other)
    {
        BytePath upper = overlay.Upper;
        if (upper.IsEmpty)
            return;
        if (!upper.IsAbsolute)
            upper = (host.FindHome(overlay.Mount.MountPoint)?.Home ?? default).Combine(upper);
        if (!upper.IsAbsolute || table.Resolve(upper) is not { } place)
            return;

        (int, int, BytePath) key = (place.Major, place.Minor, HostMounts.PathInFileSystem(place, upper));
        if (!users.TryGetValue(key, out List<(HostOverlay, SnapshotNamespace?)>? list))
            users.Add(key, list = []);
        list.Add((overlay, other));
    }

    private static void Report(FindingSink findings, List<(HostOverlay Overlay, SnapshotNamespace? Namespace)> users)
    {
        HostOverlay last = users[^1].Overlay;
        ImmutableArray<FindingEvidence> evidence = [.. users.Select(user => FindingEvidence.Of(
            user.Overlay.Mount, $"upperdir={user.Overlay.Upper}{(user.Namespace is null ? "" : $", in mount namespace {user.Namespace.Id}")}"))];
        findings.Report(
            FindingStatus.Confirmed, new FindingSubject(FindingSubjectKind.Mount, last.Mount.MountPoint) { MountId = users[^1].Namespace is null ? last.Mount.MountId : null },
            $"{users.Count} overlays write to {last.Upper}: files of each get lost or appear in the other.", $"upper:{last.Upper}", evidence);
    }
}
