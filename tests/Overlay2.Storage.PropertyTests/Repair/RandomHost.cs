using System.Collections.Immutable;
using System.Globalization;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Engines;
using Overlay2.Storage.Mounts;
using Overlay2.Storage.Repair;
using Overlay2.Storage.Repair.Hosts;
using Overlay2.Storage.Snapshots;
using Overlay2.Storage.TestShared;

namespace Overlay2.Storage.PropertyTests.Repair;

/// <summary>A host on which mounts came and went at random, as far as the rules of the kernel let them.</summary>
internal sealed class RandomHost
{
    private const string Home = MadeUpHost.Home;
    private const int Layers = 4;
    private const int Disks = 3;

    private readonly Random _random;

    public RandomHost(int seed)
    {
        _random = new Random(seed);
        bool isShared = _random.Next(2) == 0;
        List<string> lines = [$"30 1 8:1 / / rw {(isShared ? "shared:1 " : "")}- ext4 /dev/sda1 rw"];
        for (int i = 0; i < Layers; i++)
            lines.Add(MadeUpHost.Overlay(31 + i, 30, 40 + i, $"{Home}/{Layer(i)}", _random.Next(2) == 0 ? $"shared:{10 + i}" : "", at: $"/src/{i}"));
        for (int i = 0; i < Disks; i++)
            lines.Add(string.Create(CultureInfo.InvariantCulture, $"{36 + i} 30 {(i == 2 ? "0:80" : $"8:{16 + i}")} / /disk/{i} rw - {(i == 2 ? "tmpfs tmpfs" : $"ext4 /dev/sd{(char)('b' + i)}")} rw"));
        MountTable foreign = MadeUpHost.Mounts("90 1 8:1 / / rw - ext4 /dev/sda1 rw", MadeUpHost.Overlay(91, 90, 70, $"{Home}/{Layer(0)}"));
        StorageSnapshot snapshot = MadeUpHost.Of(lines);
        Host = new MemoryHost(snapshot with
        {
            Stores = _random.Next(8) == 0 ? SnapshotPart.NotTaken<ImmutableArray<ILayerStore>>() : snapshot.Stores,
            OtherNamespaces = _random.Next(3) == 0
                ? SnapshotPart.Known(ImmutableArray.Create(new SnapshotNamespace(4026532000, SnapshotPart.Known(foreign), [])))
                : SnapshotPart.NotTaken<ImmutableArray<SnapshotNamespace>>(),
        });
        for (int i = _random.Next(1, 10); i > 0; i--)
            Change();
    }

    public MemoryHost Host { get; }

    public RepairPolicy Policy => new()
    {
        MaxRisk = (RepairRisk)_random.Next(6),
        AllowEngineControl = _random.Next(2) == 0,
        AllowOtherNamespaces = _random.Next(2) == 0,
        Except = _random.Next(6) == 0 ? ImmutableSortedSet.Create<string>(StringComparer.Ordinal, "OVL0001") : ImmutableSortedSet.Create<string>(StringComparer.Ordinal),
    };

    /// <summary>Mounts, unmounts or moves something; what the kernel would refuse does not happen.</summary>
    public void Change()
    {
        BytePath home = Path(Home);
        int layer = _random.Next(Layers);
        BytePath merged = Path($"{Home}/{Layer(layer)}/merged");
        switch (_random.Next(8))
        {
            case 0 or 1 or 2:
                Bind(Path($"/src/{layer}"), merged, _random.Next(3) == 0);
                break;
            case 3 or 4:
                Bind(home, home, _random.Next(2) == 0);
                break;
            case 5:
                Bind(Path($"/disk/{_random.Next(Disks)}"), _random.Next(3) == 0 ? Path("/var/lib/docker") : home, _random.Next(2) == 0);
                break;
            case 6:
                ImmutableArray<MountEntry> all = Host.Mounts.LoadMounts(0).Entries;
                MountEntry some = all[_random.Next(all.Length)];
                if (some.MountPoint.StartsWith(home))
                    Host.Mounts.Unmount(0, MountFingerprint.Of(some));
                break;
            default:
                ImmutableArray<MountEntry> mounts = Host.Mounts.LoadMounts(0).Entries;
                MountEntry one = mounts[_random.Next(mounts.Length)];
                if (_random.Next(2) == 0)
                    Host.Mounts.MakePrivate(MountFingerprint.Of(one));
                else if (one.MountPoint.StartsWith(home))
                    Host.Mounts.Move(MountFingerprint.Of(one), merged, On(merged));
                break;
        }
    }

    private void Bind(BytePath source, BytePath target, bool isPrivate) => Host.Mounts.Bind(source, On(source), target, On(target), isPrivate);

    private MountFingerprint On(BytePath path) => MountFingerprint.Of(Host.Mounts.LoadMounts(0).Resolve(path)!);

    private static string Layer(int index) => new((char)('a' + index), 64);

    private static BytePath Path(string text) => BytePath.FromText(text);
}
