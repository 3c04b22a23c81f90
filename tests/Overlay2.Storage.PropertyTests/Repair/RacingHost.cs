using Overlay2.Storage.Bytes;
using Overlay2.Storage.Configuration;
using Overlay2.Storage.Mounts;
using Overlay2.Storage.Repair;
using Overlay2.Storage.Snapshots;

namespace Overlay2.Storage.PropertyTests.Repair;

/// <summary>A host on which others mount and unmount between any two calls; it notes what each call took away.</summary>
internal sealed class RacingHost(RandomHost random, int oneIn, Random dice) : IHostOperations
{
    private MemoryHost Inner => random.Host;

    /// <summary>The mounts that a call took away, beside the one that it named.</summary>
    public List<string> Wrongs { get; } = [];

    public Task<StorageSnapshot> CaptureAsync(CancellationToken cancellationToken) => Inner.CaptureAsync(cancellationToken);

    public MountTable LoadMounts(ulong namespaceId)
    {
        Disturb();
        return Inner.LoadMounts(namespaceId);
    }

    public HostResult Unmount(ulong namespaceId, MountFingerprint mount) => Watch(namespaceId, mount, () => Inner.Unmount(namespaceId, mount));

    public HostResult Bind(BindAction bind) => Watch(0, null, () => Inner.Bind(bind), bind.Target, bind.On);

    public HostResult MountFileSystem(MountFileSystemAction mount) => Watch(0, null, () => Inner.MountFileSystem(mount), mount.Target, mount.On);

    public HostResult Move(MoveMountAction move) => Watch(0, move.Mount, () => Inner.Move(move), move.Target, move.On);

    public HostResult MakePrivate(MountFingerprint mount) => Inner.MakePrivate(mount);

    public HostResult JoinPeers(MountFingerprint mount) => Inner.JoinPeers(mount);

    public HostResult MakePlace(BytePath place) => Watch(0, null, () => Inner.MakePlace(place));

    public HostResult RemovePlace(BytePath place) => Inner.RemovePlace(place);

    public ConfigurationFileContent ReadConfiguration(BytePath path) => Inner.ReadConfiguration(path);

    public HostResult ReplaceConfiguration(BytePath path, ByteString? original, ByteString? content) => Inner.ReplaceConfiguration(path, original, content);

    public string? ReadModuleParameter(string parameter) => Inner.ReadModuleParameter(parameter);

    public HostResult SetModuleParameter(string parameter, string from, string to) => Inner.SetModuleParameter(parameter, from, to);

    public EntryState ReadEntry(StorePlace place) => Inner.ReadEntry(place);

    public EntryIdentity IdentifyEntry(StorePlace place) => Inner.IdentifyEntry(place);

    public HostResult ReplaceEntry(StorePlace place, EntryState from, EntryState to, StorePlace? like) => Inner.ReplaceEntry(place, from, to, like);

    public HostResult PurgeEntry(StorePlace place, EntryIdentity identity) => Inner.PurgeEntry(place, identity);

    public HostResult ClearLeftOver(StorePlace place) => Inner.ClearLeftOver(place);

    public HostResult MoveEntry(StorePlace from, StorePlace to, EntryIdentity identity, bool synchronize) => Inner.MoveEntry(from, to, identity, synchronize);

    public bool HasAttribute(StorePlace place, EntryAttribute attribute) => Inner.HasAttribute(place, attribute);

    public HostResult SetAttribute(StorePlace place, EntryAttribute attribute, bool isSet) => Inner.SetAttribute(place, attribute, isSet);

    public IReadOnlyList<MountTable> LoadOtherMounts() => Inner.LoadOtherMounts();

    public bool IsEngineRunning() => Inner.IsEngineRunning();

    private HostResult Watch(ulong namespaceId, MountFingerprint? mount, Func<HostResult> call, BytePath target = default, MountFingerprint? on = null)
    {
        Disturb();
        MountTable before = Inner.LoadMounts(namespaceId);
        HostResult result = call();
        MountTable after = Inner.LoadMounts(namespaceId);
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
