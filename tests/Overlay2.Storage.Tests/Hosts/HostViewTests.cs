using System.Collections.Immutable;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Engines;
using Overlay2.Storage.Engines.Docker;
using Overlay2.Storage.Hosts;
using Overlay2.Storage.Mounts;
using Overlay2.Storage.Snapshots;
using Overlay2.Storage.Tests.Diagnosis;

namespace Overlay2.Storage.Tests.Hosts;

/// <summary>What the view joins, on recorded states of a real engine.</summary>
public sealed class HostViewTests
{
    [Fact]
    public void Every_layer_of_every_mounted_overlay_has_its_owner()
    {
        HostView host = HostView.Of(CorpusSnapshots.Read("healthy-running"));

        Assert.NotEmpty(host.OverlayLayers);
        Assert.All(host.OverlayLayers, layer => Assert.Equal((RecordResolution.Resolved, RecordReferenceReason.None), (layer.Resolution, layer.Reason)));
        Assert.All(host.OverlayLayers, layer => Assert.NotEmpty(host.FindOwner(layer.LayerId)!.References));
        HostOverlay overlay = host.Mounts.Value.Overlays[0];
        OverlayLayer upper = host.LayersOf(overlay).First();
        Assert.Equal(overlay.Upper, upper.Path);
        Assert.Equal(host.FindOwner(overlay.Mount.MountPoint)!.Container, host.FindOwner(upper.Path)!.Container);
        Assert.True(host.FindOwner(upper.Path)!.Container is { IsRunning: true });
    }

    [Fact]
    public void A_layer_that_is_gone_dangles_and_one_that_is_covered_is_not_known()
    {
        HostView gone = HostView.Of(CorpusSnapshots.Read("missing-lower-layer-dir"));
        HostView covered = HostView.Of(CorpusSnapshots.Read("shadow-foreign-fs"));

        Assert.Contains(gone.References, reference => reference is { IsDangling: true, To.Kind: RecordKind.Layer, Reason: RecordReferenceReason.NoSuchDirectory });
        Assert.NotEmpty(covered.OverlayLayers);
        Assert.All(covered.OverlayLayers, layer => Assert.Equal(RecordResolution.NotKnown, layer.Resolution));
    }

    [Fact]
    public void A_container_is_found_by_path_id_and_process()
    {
        StorageSnapshot snapshot = CorpusSnapshots.Read("healthy-running");
        DockerContainer noted = snapshot.Stores.Value.OfType<DockerClassicStore>().Single().Containers.First(container => container.IsRunning);
        HostView host = HostView.Of(snapshot with
        {
            Processes = SnapshotPart.Known(ImmutableArray.Create(new SnapshotProcess(noted.ProcessId, ByteString.FromText("app"), noted.Id.ToString(), 7))),
        });

        HostOwner owner = host.FindOwner(noted.Id)!;
        Assert.Equal(noted.Id, owner.Container!.Id);
        Assert.Equal(owner.LayerId, host.FindOwner(noted.ProcessId)!.LayerId);
        Assert.Equal(owner.LayerId, host.FindOwner(owner.Store.PathOf(owner.LayerId).Combine(BytePath.FromText("diff/etc/hosts")))!.LayerId);
        Assert.Contains(owner.References, reference => reference.Kind == LayerReferenceKind.ContainerLayer && reference.Owner == noted.Id);
        Assert.True(host.IsAlive(owner.Container));
        Assert.Null(host.FindOwner(BytePath.FromText("/etc/passwd")));
        Assert.Null(host.FindOwner(noted.ProcessId + 1));
        Assert.Null(host.FindOwner(new ByteString("no such id"u8)));
    }

    [Fact]
    public void A_process_sees_the_mounts_of_its_namespace_or_they_are_not_known_with_the_reason()
    {
        StorageSnapshot snapshot = CorpusSnapshots.Read("healthy-running");
        MountTable other = MountTable.Parse("21 1 259:1 / / rw - ext4 /dev/nvme0n1p1 rw\n"u8);
        static SnapshotProcess In(ulong id) => new(1, ByteString.FromText("init"), "", id);
        HostView host = HostView.Of(snapshot with
        {
            OtherNamespaces = SnapshotPart.Known(ImmutableArray.Create(
                new SnapshotNamespace(7, SnapshotPart.Known(other), []), new SnapshotNamespace(8, SnapshotPart.Failed<MountTable>("EACCES"), []))),
        });

        Assert.Same(other, host.MountsOf(In(7)).Mounts.Value);
        Assert.Equal("EACCES", host.MountsOf(In(8)).Mounts.Reason);
        Assert.Same(snapshot.Mounts.Value, host.MountsOf(In(9)).Mounts.Value);
        Assert.False(host.MountsOf(In(0)).Mounts.IsKnown);
        Assert.False(HostView.Of(snapshot).MountsOf(In(7)).Mounts.IsKnown);
    }

    [Fact]
    public void The_scope_is_what_the_snapshot_holds_and_no_more()
    {
        StorageSnapshot snapshot = CorpusSnapshots.Read("healthy-running");
        DockerClassicStore store = snapshot.Stores.Value.OfType<DockerClassicStore>().Single();
        Scope scope = CorpusSnapshots.Diagnose(snapshot).Scope;

        Assert.Equal(
            typeof(StorageSnapshot).GetProperties().Where(property => property.PropertyType.IsGenericType && property.PropertyType.GetGenericTypeDefinition() == typeof(SnapshotPart<>)).Select(property => property.Name).Order(StringComparer.Ordinal),
            scope.Parts.Select(part => part.Name).Order(StringComparer.Ordinal));
        Assert.Equal(SnapshotPartStatus.NotTaken, scope.Parts.Single(part => part.Name == nameof(StorageSnapshot.Processes)).Status);
        Assert.Equal(snapshot.Mounts.Value.Entries.Length, scope.Mounts);
        ScopeStore seen = Assert.Single(scope.Stores);
        Assert.Equal((store.Layers.Count, store.Containers.Count, false), (seen.Layers, seen.Containers, seen.IsCovered));
        Assert.Equal((0, store.RecordReferences.Count), (seen.DanglingReferences, seen.ResolvedReferences + seen.UnknownReferences));
        Assert.True(Assert.Single(CorpusSnapshots.Diagnose(CorpusSnapshots.Read("shadow-foreign-fs")).Scope.Stores).IsCovered);
        Assert.Empty(HostView.Of(new StorageSnapshot()).Scope.Stores);
    }
}
