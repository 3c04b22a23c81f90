using System.Collections.Immutable;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Engines;
using Overlay2.Storage.Mounts;
using Overlay2.Storage.Snapshots;

namespace Overlay2.Storage.Hosts;

/// <summary>Finds the mounts of stores that the engine has given up, and another mount namespace has not.</summary>
/// <remarks>
/// A path says nothing about whose a mount is: an engine in a container has the same ones, on a volume of the same disk. What is compared is the place in the
/// file system, and what an engine that lives in the namespace has mounted there is its own.
/// </remarks>
internal sealed class LeakSearch
{
    private readonly HostMounts _mounts;
    private readonly ImmutableArray<(SnapshotNamespace Namespace, MountTable Table)> _others;
    private readonly Dictionary<(int Major, int Minor, BytePath Path), List<(HostStore Store, BytePath Path)>> _places = [];
    private readonly Dictionary<StorageEngine, (HashSet<ulong> Namespaces, HashSet<(int Major, int Minor)> Devices)> _held = [];
    private readonly Dictionary<HostStore, HashSet<ByteString>> _known = [];

    public LeakSearch(HostView host, HostMounts mounts)
    {
        _mounts = mounts;
        _others = host.Snapshot.OtherNamespaces.TryGet(out ImmutableArray<SnapshotNamespace> others)
            ? [.. others.Where(other => other.Mounts.IsKnown).Select(other => (other, other.Mounts.Value))]
            : [];

        // Where the records are covered too, nothing tells which layers there are; the rules say so.
        foreach (HostStore view in host.KnownStores.Where(view => !view.Home.IsDataRootCovered))
        {
            foreach (BytePath path in (ReadOnlySpan<BytePath>)[view.Home.LayersDirectory, view.Store.StateDirectory])
                AddPlace(view, path);
        }

        Overlays = [.. FindAll()];
    }

    /// <summary>The overlays of layers that no running container has.</summary>
    public ImmutableArray<LeakedMount> Overlays { get; }

    private void AddPlace(HostStore view, BytePath path)
    {
        if (!path.IsAbsolute || _mounts.Table.Resolve(path) is not { } mount)
            return;
        (int, int, BytePath) key = (mount.Major, mount.Minor, HomeIndex.Plain(HostMounts.PathInFileSystem(mount, path)));
        if (!_places.TryGetValue(key, out List<(HostStore, BytePath)>? views))
            _places.Add(key, views = []);
        views.Add((view, path));
    }

    private IEnumerable<LeakedMount> FindAll()
    {
        if (_places.Count == 0)
            yield break;
        foreach ((SnapshotNamespace other, MountTable table) in _others)
        {
            foreach (MountEntry mount in table.Entries)
            {
                // The copy of a mount that the engine still has goes when it unmounts its own, or is the container's own root.
                if (!mount.IsOverlay || _mounts.HasDevice(mount) || table.Root == mount)
                    continue;
                if (FindLayer(table, new HostOverlay(mount)) is { } found && !IsOfEngineThere(found.Store.Store.Engine, other, mount)
                    && found.Store.FindContainer(found.LayerId) is not { IsRunning: true })
                    yield return new LeakedMount(other, mount, found.Path);
            }
        }
    }

    /// <summary>The layer of a store, which knows it, that an overlay of another namespace is the mount of.</summary>
    private (HostStore Store, ByteString LayerId, BytePath Path)? FindLayer(MountTable table, HostOverlay overlay)
    {
        foreach ((HostStore view, BytePath path) in Locate(table, overlay))
        {
            BytePath known = view.Store.Engine.LayerPathOf(path, overlay.Upper);
            if (view.Home.TryGetLayerId(known, out ByteString layerId) && IsKnown(view, layerId))
                return (view, layerId, path);
        }

        return null;
    }

    /// <summary>The stores in which an overlay is mounted, or which hold its upper directory, and where the engine would see it mounted.</summary>
    private IEnumerable<(HostStore Store, BytePath Path)> Locate(MountTable table, HostOverlay overlay)
    {
        BytePath point = overlay.Mount.MountPoint;
        if (table.GetParent(overlay.Mount) is { } below)
        {
            foreach ((HostStore view, BytePath path) in StoresAt(below, point))
                yield return (view, path);
        }

        if (!overlay.Upper.IsAbsolute || table.Resolve(overlay.Upper) is not { } holder)
            yield break;
        foreach ((HostStore view, _) in StoresAt(holder, overlay.Upper))
        {
            // An engine that mounts in the layers' own directories has mounted none elsewhere.
            if (view.Store.Engine.LayerPathOf(point, overlay.Upper) != point)
                yield return (view, point);
        }
    }

    /// <summary>The stores at or above a place of a file system, and the path by which the engine knows it.</summary>
    /// <param name="mount">The mount that the path is on, in whichever namespace.</param>
    /// <param name="path">The path there.</param>
    private IEnumerable<(HostStore Store, BytePath Path)> StoresAt(MountEntry mount, BytePath path)
    {
        BytePath inFileSystem = HomeIndex.Plain(HostMounts.PathInFileSystem(mount, path));
        BytePath at = inFileSystem;
        do
        {
            if (!_places.TryGetValue((mount.Major, mount.Minor, at), out List<(HostStore Store, BytePath Path)>? views))
                continue;
            var rest = new BytePath(inFileSystem.Span[at.Length..].TrimStart((byte)'/'));
            return views.Select(view => (view.Store, rest.IsEmpty ? view.Path : view.Path.Combine(rest)));
        }
        while (at.TryGetParent(out at));
        return [];
    }

    /// <summary>Whether the store has the layer's directory, or a record that names it.</summary>
    private bool IsKnown(HostStore view, ByteString layerId)
    {
        if (view.Store.TryGetLayer(layerId, out _) || view.FindContainer(layerId) is not null)
            return true;
        if (!_known.TryGetValue(view, out HashSet<ByteString>? recorded))
            _known.Add(view, recorded = [.. view.Store.References.Select(reference => reference.LayerId)]);
        return recorded.Contains(layerId);
    }

    /// <summary>Whether an engine of the kind lives where the mount is, or in another namespace that has it.</summary>
    private bool IsOfEngineThere(StorageEngine engine, SnapshotNamespace other, MountEntry mount)
    {
        if (!_held.TryGetValue(engine, out (HashSet<ulong> Namespaces, HashSet<(int Major, int Minor)> Devices) held))
        {
            (SnapshotNamespace Namespace, MountTable Table)[] holders = [.. _others.Where(found => found.Namespace.Processes.Any(process => engine.RunsAs(process.Name)))];
            held = ([.. holders.Select(holder => holder.Namespace.Id)], [.. holders.SelectMany(holder => holder.Table.Entries).Where(entry => entry.IsOverlay).Select(entry => (entry.Major, entry.Minor))]);
            _held.Add(engine, held);
        }

        return held.Namespaces.Contains(other.Id) || held.Devices.Contains((mount.Major, mount.Minor));
    }
}
