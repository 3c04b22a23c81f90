using System.Collections.Immutable;
using System.Globalization;
using Overlay2.Storage.Diagnosis.Views;
using Overlay2.Storage.Mounts;

namespace Overlay2.Storage.Diagnosis.Rules;

/// <summary>OVL0004.</summary>
internal sealed class StackedMountRule() : LibraryRule("OVL0004", DiagnosisStage.Topology)
{
    public override void Examine(DiagnosisContext context)
    {
        if (!context.TryGetMounts(out MountView? mounts))
            return;

        HashSet<MountEntry> done = [];
        foreach (DriverHomeView home in context.Homes)
        {
            foreach (MountEntry mount in home.Below)
            {
                MountEntry? below = mounts.Table.GetParent(mount);
                if (below is null || !MountView.IsSamePlace(below.MountPoint, mount.MountPoint) || done.Contains(mount) || home.Covers.Any(pile => pile.Covers.Contains(mount)))
                    continue;

                ImmutableArray<MountEntry> stack = StackOf(mounts.Table, mount);
                done.UnionWith(stack);
                if (!IsUsual(home, stack))
                    Report(context, stack);
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
        for (MountEntry? next = top; next is not null && MountView.IsSamePlace(next.MountPoint, top.MountPoint); next = table.GetParent(next))
            stack.Add(next);
        return stack.ToImmutable();
    }

    private static MountEntry? OnTop(MountTable table, MountEntry mount)
    {
        foreach (MountEntry child in table.GetChildren(mount))
        {
            if (MountView.IsSamePlace(child.MountPoint, mount.MountPoint))
                return child;
        }

        return null;
    }

    /// <summary>Engines bind their root directory, older ones their driver home, on itself once, to have it private or shared.</summary>
    private static bool IsUsual(DriverHomeView home, ImmutableArray<MountEntry> stack) =>
        stack.Length == 2 && MountView.IsSelfBind(stack[0], stack[1])
        && (MountView.IsSamePlace(stack[0].MountPoint, home.DataRoot) || MountView.IsSamePlace(stack[0].MountPoint, home.Home));

    private static void Report(DiagnosisContext context, ImmutableArray<MountEntry> stack) => context.Report(
        FindingStatus.Confirmed, MountView.Subject(stack[0]),
        string.Create(CultureInfo.InvariantCulture, $"{stack.Length} mounts are stacked on {stack[0].MountPoint}; only the topmost is seen there."),
        $"stack:{stack[0].MountPoint}", [.. stack.Select(mount => MountView.Describe(mount))]);
}
