using Overlay2.Storage.Bytes;
using Overlay2.Storage.Mounts;
using Overlay2.Storage.Repair;
using Overlay2.Storage.Repair.Hosts;
using Overlay2.Storage.Snapshots;

namespace Overlay2.Storage.PropertyTests.Repair;

/// <summary>A host on which others mount and unmount between any two calls; it notes what each call took away.</summary>
internal sealed class RacingHost(RandomHost random, int oneIn, Random dice) : RepairHost, IMountOperations
{
    private MemoryHost Inner => random.Host;

    private IMountOperations Quiet => Inner.Mounts;

    /// <summary>The mounts that a call took away, beside the one that it named.</summary>
    public List<string> Wrongs { get; } = [];

    internal override IMountOperations Mounts => this;

    internal override IEntryOperations Entries => Inner.Entries;

    internal override IConfigurationOperations Configuration => Inner.Configuration;

    public override Task<StorageSnapshot> CaptureAsync(CancellationToken cancellationToken) => Inner.CaptureAsync(cancellationToken);

    internal override bool IsEngineRunning() => Inner.IsEngineRunning();

    public MountTable LoadMounts(ulong namespaceId)
    {
        Disturb();
        return Quiet.LoadMounts(namespaceId);
    }

    public IReadOnlyList<MountTable> LoadOtherMounts() => Quiet.LoadOtherMounts();

    public HostResult Unmount(ulong namespaceId, MountFingerprint mount) => Watch(namespaceId, mount, () => Quiet.Unmount(namespaceId, mount));

    public HostResult Bind(BytePath source, MountFingerprint of, BytePath target, MountFingerprint? on, bool isPrivate) =>
        Watch(0, null, () => Quiet.Bind(source, of, target, on, isPrivate), target, on);

    public HostResult MountFileSystem(ByteString fileSystemType, BytePath device, BytePath target, MountFingerprint on, bool isReadOnly) =>
        Watch(0, null, () => Quiet.MountFileSystem(fileSystemType, device, target, on, isReadOnly), target, on);

    public HostResult Move(MountFingerprint mount, BytePath target, MountFingerprint? on) => Watch(0, mount, () => Quiet.Move(mount, target, on), target, on);

    public HostResult MakePrivate(MountFingerprint mount) => Quiet.MakePrivate(mount);

    public HostResult JoinPeers(MountFingerprint mount) => Quiet.JoinPeers(mount);

    public HostResult MakePlace(BytePath place) => Watch(0, null, () => Quiet.MakePlace(place));

    public HostResult RemovePlace(BytePath place) => Quiet.RemovePlace(place);

    private HostResult Watch(ulong namespaceId, MountFingerprint? mount, Func<HostResult> call, BytePath target = default, MountFingerprint? on = null)
    {
        Disturb();
        MountTable before = Quiet.LoadMounts(namespaceId);
        HostResult result = call();
        MountTable after = Quiet.LoadMounts(namespaceId);
        foreach (MountEntry entry in before.Entries)
        {
            if (after.TryGet(entry.MountId, out MountEntry? now) && now.MountPoint == entry.MountPoint)
                continue;
            bool isMeant = mount is not null && mount.Major == entry.Major && mount.Minor == entry.Minor && mount.Root == entry.Root && (mount.MountId == 0 || mount.MountId == entry.MountId || IsCopy(before, entry, mount));
            if (!isMeant)
                Wrongs.Add($"{entry} went, and {mount?.ToString() ?? "nothing"} was meant");
        }

        if (result.IsDone && !target.IsEmpty && !(after.Resolve(target) is { } came && came.MountPoint == target && after.GetParent(came) is { } below && (on?.Matches(below) ?? IsPlace(below, target))))
            Wrongs.Add($"{target} is now on another mount than {on?.ToString() ?? "a place of the plan"}");
        return result;
    }

    private static bool IsPlace(MountEntry mount, BytePath target) => mount.MountPoint == target || (target.TryGetParent(out BytePath parent) && mount.MountPoint == parent);

    /// <summary>What goes with a mount by propagation shows the same at a place that shows the same.</summary>
    private static bool IsCopy(MountTable table, MountEntry entry, MountFingerprint mount) =>
        mount.FindIn(table) is { } meant && table.GetParent(meant)?.Propagation.SharedPeerGroup is not null && entry.Major == meant.Major && entry.Minor == meant.Minor;

    private void Disturb()
    {
        if (dice.Next(oneIn) == 0)
            random.Change();
    }
}
