using System.Collections.Immutable;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Engines.Containerd;
using Overlay2.Storage.Engines.Docker;
using Overlay2.Storage.Engines.Known;
using Overlay2.Storage.Hosts;
using Overlay2.Storage.Snapshots;

namespace Overlay2.Storage.Diagnosis.Rules;

/// <summary>OVL0606. A populated store of containerd alone says little, since other programs use containerd too: Docker's namespace in it counts.</summary>
internal sealed class SwitchedStoreRule() : LibraryRule(FindingIds.SwitchedStore, DiagnosisStage.Configuration)
{
    private static readonly ByteString s_dockersNamespace = ByteString.FromText("moby");

    public override void Examine(HostView host, FindingSink findings)
    {
        if (!host.HasEngine || !findings.TryGet(host.Snapshot.DriverHomes, out ImmutableArray<BytePath> homes))
            return;
        DockerClassicStore? classic = host.Homes.Select(home => home.Store).OfType<DockerClassicStore>().FirstOrDefault(store => store is { ImageLayers.Count: > 0 });
        if (classic is null)
            return;

        bool? usesContainerd = host.Snapshot.Engine.TryGet(out EngineInfo? engine) ? engine.UsesContainerdStore
            : host.Configuration is { IsKnown: true, Value.ContainerdSnapshotter: { } setting } ? setting.Value.Span.SequenceEqual("true"u8) : null;
        if (usesContainerd == true)
        {
            findings.Report(
                // An engine of a version before the setting came goes on with the classic store.
                engine is null ? FindingStatus.Suspected : FindingStatus.Confirmed, new FindingSubject(FindingSubjectKind.DriverHome, classic.DriverHome),
                "The engine uses containerd's image store, while the classic store still holds images: these seem to have disappeared.", "store:switched",
                new FindingEvidence(engine is null ? "configuration" : "engine", "containerd's image store is in use"), Describe(classic));
            return;
        }

        ContainerdSnapshotStore[] read = [.. host.Homes.Select(home => home.Store).OfType<ContainerdSnapshotStore>()];
        if (read.FirstOrDefault(store => store.SnapshotNames.Any(name => name.Namespace == s_dockersNamespace)) is { } used)
            ReportUnused(host, findings, classic, used, usesContainerd == false);
        else if (read.Length == 0 && usesContainerd is null && homes.FirstOrDefault(home => home.FileName == KnownEngines.Containerd.DriverHomeName.Bytes) is { IsEmpty: false } unread)
            ReportUnread(findings, classic, unread);
    }

    /// <summary>Where nothing chooses, an engine that knows containerd's store keeps the classic one as long as that holds something.</summary>
    private static void ReportUnused(HostView host, FindingSink findings, DockerClassicStore classic, ContainerdSnapshotStore used, bool isChosen) => findings.Report(
        isChosen ? FindingStatus.Confirmed : FindingStatus.Suspected, new FindingSubject(FindingSubjectKind.DriverHome, used.DriverHome),
        "The engine uses the classic store, while containerd's still holds images of the engine's: these seem to have disappeared.", "store:switched",
        new FindingEvidence(
            host.Snapshot.Engine.IsKnown ? "engine" : "configuration",
            isChosen ? "the classic store is in use" : "nothing chooses a store: the classic one stays in use, since it is not empty"),
        Describe(classic),
        new FindingEvidence(used.DriverHome.ToString(), $"containerd's store holds {used.SnapshotNames.Count(name => name.Namespace == s_dockersNamespace)} snapshots of the namespace {s_dockersNamespace}"));

    private static void ReportUnread(FindingSink findings, DockerClassicStore classic, BytePath containerd) => findings.Report(
        FindingSeverity.Information, FindingStatus.Suspected, new FindingSubject(FindingSubjectKind.DriverHome, containerd),
        "Both the classic store and containerd's hold something; which of them the engine uses is not known.", "store:switched",
        new FindingEvidence(containerd.ToString(), "it is not empty"), new FindingEvidence(classic.DriverHome.ToString(), "it is not empty"));

    private static FindingEvidence Describe(DockerClassicStore classic) => new(classic.DriverHome.ToString(), $"the classic store holds {classic.ImageLayers.Count} image layers");
}
