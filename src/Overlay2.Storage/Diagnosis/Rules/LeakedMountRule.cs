using System.Collections.Immutable;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Hosts;
using Overlay2.Storage.Mounts;

namespace Overlay2.Storage.Diagnosis.Rules;

/// <summary>OVL0005: a mount of another namespace in this store, of a layer that it knows, and of no engine that lives there. <see cref="LeakSearch"/> tells which.</summary>
internal sealed class LeakedMountRule() : LibraryRule(FindingIds.LeakedMount, DiagnosisStage.Topology)
{
    public override void Examine(HostView host, FindingSink findings)
    {
        if (!findings.TryGetMounts(host, out _))
            return;

        // Without the records nothing tells whose a mount is.
        findings.OtherNamespaces(host);
        findings.RecordedStores(host);
        foreach (IGrouping<BytePath, LeakedMount> leaks in host.LeakedOverlays.GroupBy(leak => leak.Path).OrderBy(group => group.Key))
        {
            findings.Report(
                FindingStatus.Confirmed, new FindingSubject(FindingSubjectKind.Mount, leaks.Key),
                $"An overlay that the engine has unmounted from {leaks.Key} is still mounted in another mount namespace: its layer stays in use.", $"leak:{leaks.Key}", [.. leaks.Select(Tell)]);
        }
    }

    /// <summary>A mount of another namespace and those who keep it.</summary>
    internal static FindingEvidence Tell(LeakedMount leak) =>
        FindingEvidence.Of(leak.Mount, $"in mount namespace {leak.Namespace.Id} of {Describe(leak.Namespace.Processes)}; the engine's own namespace does not have it");

    private static string Describe(ImmutableArray<MountHolderProcess> processes) =>
        processes.IsEmpty ? "no known process" : string.Join(", ", processes.Take(4).Select(process => $"process {process.ProcessId} ({process.Name})"));
}
