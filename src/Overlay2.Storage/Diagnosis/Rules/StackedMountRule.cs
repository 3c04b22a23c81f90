using System.Collections.Immutable;
using System.Globalization;
using Overlay2.Storage.Hosts;
using Overlay2.Storage.Mounts;

namespace Overlay2.Storage.Diagnosis.Rules;

/// <summary>OVL0004.</summary>
internal sealed class StackedMountRule() : LibraryRule(FindingIds.StackedMounts, DiagnosisStage.Topology)
{
    public override void Examine(HostView host, FindingSink findings)
    {
        if (!findings.TryGetMounts(host, out HostMounts? mounts))
            return;

        HashSet<MountEntry> done = [];
        foreach (DriverHome home in host.Homes)
        {
            HashSet<MountEntry> covers = [.. home.Covers.SelectMany(pile => pile.Covers)];
            foreach (MountEntry mount in home.Below)
            {
                MountEntry? below = mounts.Table.GetParent(mount);
                if (below is null || !below.MountPoint.IsSamePlace(mount.MountPoint) || done.Contains(mount) || covers.Contains(mount))
                    continue;

                ImmutableArray<MountEntry> stack = StackOf(mounts.Table, mount);
                done.UnionWith(stack);
                if (!IsUsual(home, stack))
                    Report(findings, stack);
            }
        }
    }

    /// <summary>All mounts on one directory, the topmost first.</summary>
    private static ImmutableArray<MountEntry> StackOf(MountTable table, MountEntry mount)
    {
        MountEntry top = mount;
        while (OnTop(table, top) is { } above)
            top = above;
        var stack = ImmutableArray.CreateBuilder<MountEntry>();
        for (MountEntry? next = top; next is not null && next.MountPoint.IsSamePlace(top.MountPoint); next = table.GetParent(next))
            stack.Add(next);
        return stack.ToImmutable();
    }

    private static MountEntry? OnTop(MountTable table, MountEntry mount) =>
        table.GetChildren(mount).FirstOrDefault(child => child.MountPoint.IsSamePlace(mount.MountPoint));

    /// <summary>Engines bind their root directory, older ones their driver home, on itself once, to have it private or shared.</summary>
    private static bool IsUsual(DriverHome home, ImmutableArray<MountEntry> stack) =>
        stack.Length == 2 && HostMounts.IsSelfBind(stack[0], stack[1])
        && (stack[0].MountPoint.IsSamePlace(home.DataRoot) || stack[0].MountPoint.IsSamePlace(home.Home));

    private static void Report(FindingSink findings, ImmutableArray<MountEntry> stack) => findings.Report(
        FindingStatus.Confirmed, FindingSubject.Of(stack[0]),
        string.Create(CultureInfo.InvariantCulture, $"{stack.Length} mounts are stacked on {stack[0].MountPoint}; only the topmost is seen there."),
        $"stack:{stack[0].MountPoint}", [.. stack.Select(mount => FindingEvidence.Of(mount))]);
}
