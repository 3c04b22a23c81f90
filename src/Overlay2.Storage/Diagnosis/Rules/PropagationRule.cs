using System.Globalization;
using System.Runtime.InteropServices;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Hosts;
using Overlay2.Storage.Mounts;

namespace Overlay2.Storage.Diagnosis.Rules;

/// <summary>OVL0008. It takes two snapshots: one table alone does not tell many mounts from mounts that become more.</summary>
internal sealed class PropagationRule() : LibraryRule(FindingIds.MultiplyingMounts, DiagnosisStage.Topology)
{
    /// <summary>From this number on copies are more than a few binds that somebody made.</summary>
    private const int FewestCopies = 8;

    public override void Examine(HostView host, FindingSink findings)
    {
        if (host.Previous is not { } previous || !findings.TryGetMounts(host, out HostMounts? mounts) || !findings.TryGet(previous.Mounts, out MountTable? earlier))
            return;

        Dictionary<Copy, int> before = Count(earlier);
        foreach ((Copy copy, int now) in Count(mounts.Table).OrderBy(pair => pair.Key.Root).ThenBy(pair => pair.Key.PeerGroup))
        {
            int then = before.GetValueOrDefault(copy);
            if (then == 0 || now < FewestCopies || now < 2 * then)
                continue;

            MountEntry first = mounts.Table.Entries.First(mount => Copy.Of(mount) == copy);
            findings.Report(
                FindingStatus.Confirmed, FindingSubject.Of(first),
                string.Create(CultureInfo.InvariantCulture, $"{now} mounts show the same directory in peer group {copy.PeerGroup}; in the earlier snapshot there were {then}."),
                string.Create(CultureInfo.InvariantCulture, $"propagation:{copy.PeerGroup}"), FindingEvidence.Of(first, "the first of them"));
        }
    }

    private static Dictionary<Copy, int> Count(MountTable table)
    {
        Dictionary<Copy, int> counts = [];
        foreach (MountEntry mount in table.Entries)
        {
            if (mount.Propagation.IsShared)
                CollectionsMarshal.GetValueRefOrAddDefault(counts, Copy.Of(mount), out _)++;
        }

        return counts;
    }

    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Copy(int Major, int Minor, BytePath Root, int PeerGroup)
    {
        public static Copy Of(MountEntry mount) => new(mount.Major, mount.Minor, mount.Root, mount.Propagation.SharedPeerGroup ?? 0);
    }
}
