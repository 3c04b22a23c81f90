using System.Text;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Configuration;
using Overlay2.Storage.Mounts;
using Overlay2.Storage.Repair;
using Overlay2.Storage.Repair.Hosts;
using Overlay2.Storage.Snapshots;

namespace Overlay2.Storage.Fuzz.Targets;

/// <summary>A machine in memory that counts what is changed, and keeps the paths.</summary>
internal sealed class WatchedHost(MemoryHost machine) : RepairHost, IMountOperations, IEntryOperations, IConfigurationOperations
{
    private readonly HashSet<string> _changed = new(StringComparer.Ordinal);

    /// <summary>How many calls were made that change something; those that clear away what a crash left are none.</summary>
    public int Changes { get; private set; }

    internal override IMountOperations Mounts => this;

    internal override IEntryOperations Entries => this;

    internal override IConfigurationOperations Configuration => this;

    public override Task<StorageSnapshot> CaptureAsync(CancellationToken cancellationToken) => machine.CaptureAsync(cancellationToken);

    internal override bool IsEngineRunning() => machine.IsEngineRunning();

    /// <summary>Nothing but what a plan names was changed, and nothing of it that has another path than it says.</summary>
    public void CheckPlaces(RepairPlan plan)
    {
        string text = Encoding.UTF8.GetString(plan.ToJson());
        foreach (string path in _changed)
        {
            if (path.Split('/').Any(name => name is "." or "..") || !text.Contains($"\"{path}\"", StringComparison.Ordinal))
                throw new InvalidOperationException($"{path} was changed, and the plan does not name it.");
        }
    }

    public MountTable LoadMounts(ulong namespaceId) => machine.Mounts.LoadMounts(namespaceId);

    public IReadOnlyList<MountTable> LoadOtherMounts() => machine.Mounts.LoadOtherMounts();

    public HostResult Unmount(ulong namespaceId, MountFingerprint mount) => Note(machine.Mounts.Unmount(namespaceId, mount), mount.MountPoint);

    public HostResult Bind(BytePath source, MountFingerprint of, BytePath target, MountFingerprint? on, bool isPrivate) => Note(machine.Mounts.Bind(source, of, target, on, isPrivate), target);

    public HostResult MountFileSystem(ByteString fileSystemType, BytePath device, BytePath target, MountFingerprint on, bool isReadOnly) =>
        Note(machine.Mounts.MountFileSystem(fileSystemType, device, target, on, isReadOnly), target);

    public HostResult Move(MountFingerprint mount, BytePath target, MountFingerprint? on) => Note(machine.Mounts.Move(mount, target, on), mount.MountPoint, target);

    public HostResult MakePrivate(MountFingerprint mount) => Note(machine.Mounts.MakePrivate(mount), mount.MountPoint);

    public HostResult JoinPeers(MountFingerprint mount) => Note(machine.Mounts.JoinPeers(mount), mount.MountPoint);

    public HostResult MakePlace(BytePath place) => Note(machine.Mounts.MakePlace(place), place);

    public HostResult RemovePlace(BytePath place) => Note(machine.Mounts.RemovePlace(place), place);

    public EntryState ReadEntry(StorePlace place) => machine.Entries.ReadEntry(place);

    public EntryIdentity IdentifyEntry(StorePlace place) => machine.Entries.IdentifyEntry(place);

    public HostResult ReplaceEntry(StorePlace place, EntryState from, EntryState to, StorePlace? like) => Note(machine.Entries.ReplaceEntry(place, from, to, like), place);

    public HostResult ClearLeftOver(StorePlace place) => machine.Entries.ClearLeftOver(place);

    public HostResult MoveEntry(StorePlace from, StorePlace to, EntryIdentity identity, bool synchronize) => Note(machine.Entries.MoveEntry(from, to, identity, synchronize), from, to);

    public HostResult PurgeEntry(StorePlace place, EntryIdentity identity) => Note(machine.Entries.PurgeEntry(place, identity), place);

    public bool HasAttribute(StorePlace place, EntryAttribute attribute) => machine.Entries.HasAttribute(place, attribute);

    public HostResult SetAttribute(StorePlace place, EntryAttribute attribute, bool isSet) => Note(machine.Entries.SetAttribute(place, attribute, isSet), place);

    public ConfigurationFileContent ReadConfiguration(BytePath path) => machine.Configuration.ReadConfiguration(path);

    public HostResult ReplaceConfiguration(BytePath path, ByteString? original, ByteString? content) => Note(machine.Configuration.ReplaceConfiguration(path, original, content), path);

    public string? ReadModuleParameter(string parameter) => machine.Configuration.ReadModuleParameter(parameter);

    public HostResult SetModuleParameter(string parameter, string from, string to)
    {
        Changes++;
        return machine.Configuration.SetModuleParameter(parameter, from, to);
    }

    private HostResult Note(HostResult result, params ReadOnlySpan<StorePlace> places)
    {
        Changes++;
        foreach (StorePlace place in places)
        {
            _changed.Add(place.Root.ToString());
            _changed.Add(place.Path.ToString());
        }

        return result;
    }

    private HostResult Note(HostResult result, params ReadOnlySpan<BytePath> paths)
    {
        Changes++;
        foreach (BytePath path in paths)
            _changed.Add(path.ToString());
        return result;
    }
}
