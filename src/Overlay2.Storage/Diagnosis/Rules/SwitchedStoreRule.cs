using System.Collections.Immutable;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Snapshots;
using Overlay2.Storage.Stores;

namespace Overlay2.Storage.Diagnosis.Rules;

/// <summary>OVL0606. A populated store of containerd alone says little: other programs use containerd too.</summary>
internal sealed class SwitchedStoreRule() : LibraryRule("OVL0606", DiagnosisStage.Configuration)
{
    private static readonly ByteString s_snapshotter = ByteString.FromText("io.containerd.snapshotter.v1.overlayfs");

    public override void Examine(DiagnosisContext context)
    {
        if (!context.HasEngine || !context.TryGet(context.Snapshot.DriverHomes, out ImmutableArray<BytePath> homes))
            return;

        BytePath containerd = homes.FirstOrDefault(home => home.FileName == s_snapshotter);
        DockerClassicStore? classic = context.Homes.Select(home => home.Store).OfType<DockerClassicStore>().FirstOrDefault(store => store is { ImageLayers.Count: > 0 });
        if (classic is null)
            return;

        bool? usesContainerd = context.Snapshot.Engine.TryGet(out EngineInfo? engine) ? engine.UsesContainerdStore
            : context.Configuration?.ContainerdSnapshotter is { } setting ? setting.Value.Span.SequenceEqual("true"u8) : null;
        if (usesContainerd == true)
        {
            context.Report(
                FindingStatus.Confirmed, new FindingSubject(FindingSubjectKind.DriverHome, classic.DriverHome),
                "The engine uses containerd's image store, while the classic store still holds images: these seem to have disappeared.", "store:switched",
                new FindingEvidence(engine is null ? "configuration" : "engine", "containerd's image store is in use"),
                new FindingEvidence(classic.DriverHome.ToString(), $"the classic store holds {classic.ImageLayers.Count} image layers"));
        }
        else if (!containerd.IsEmpty && usesContainerd is null)
        {
            context.Report(
                FindingSeverity.Information, FindingStatus.Suspected, new FindingSubject(FindingSubjectKind.DriverHome, containerd),
                "Both the classic store and containerd's hold something; which of them the engine uses is not known.", "store:switched",
                new FindingEvidence(containerd.ToString(), "it is not empty"), new FindingEvidence(classic.DriverHome.ToString(), "it is not empty"));
        }
    }
}
