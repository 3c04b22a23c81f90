using System.Collections.Immutable;
using System.Globalization;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Diagnosis.Views;
using Overlay2.Storage.Engines;
using Overlay2.Storage.Engines.Containerd;
using Overlay2.Storage.Engines.OverlayDriver;
using Overlay2.Storage.MountOptions;
using Overlay2.Storage.Mounts;
using Overlay2.Storage.Snapshots;

namespace Overlay2.Storage.Diagnosis.Rules;

/// <summary>OVL0107. Nothing is called unused while a record that may need it is lost or unread, or while it is young.</summary>
internal sealed class OrphanLayerRule() : LibraryRule("OVL0107", DiagnosisStage.Store)
{
    private static readonly TimeSpan s_longestRemoval = TimeSpan.FromMinutes(10);

    public override void Examine(DiagnosisContext context)
    {
        foreach (StoreView view in context.OpenStores())
        {
            if (view.Unreferenced.Count == 0)
                continue;
            if (!view.KnowsAllReferences)
            {
                ReportUnknown(context, view);
                continue;
            }

            HashSet<ByteString> mounted = FindMounted(context, view);
            foreach (StoredLayer layer in view.Unreferenced)
            {
                if (!mounted.Contains(layer.Id))
                    Judge(context, view.Store, layer);
            }
        }
    }

    private static void ReportUnknown(DiagnosisContext context, StoreView view) => context.Report(
        FindingStatus.Unknown, new FindingSubject(FindingSubjectKind.DriverHome, view.Store.DriverHome),
        string.Create(CultureInfo.InvariantCulture, $"No record names {view.Unreferenced.Count} layer directories, but records are lost: remove none of them before these are mended."), $"records:{view.Store.DataRoot}",
        [.. view.Store.ReferenceProblems.Take(4).Select(problem => new FindingEvidence(problem.Path.ToString(), problem.Detail.Length > 0 ? problem.Detail : problem.Reason.ToString()))]);

    private static void Judge(DiagnosisContext context, ILayerStore store, StoredLayer layer)
    {
        TimeSpan? age = context.Snapshot.Time.TryGet(out DateTimeOffset now) && layer.ModifiedAt is { } modified ? now - modified : null;
        if (age < context.Options.MinimumOrphanAge)
            return;
        string since = age is null ? "its age is not known" : string.Create(CultureInfo.InvariantCulture, $"it was changed last on {layer.ModifiedAt:yyyy-MM-dd HH:mm} UTC");
        bool isBusy = IsBusy(context, store);
        context.Report(
            age is null || isBusy ? FindingStatus.Suspected : FindingStatus.Confirmed, StoreView.Subject(layer), $"No image, container, build record or mount needs the layer directory {layer.Id}.", $"orphan:{layer.Id}",
            [
                new FindingEvidence(layer.Directory.ToString(), since),
                new FindingEvidence("store", "no record, and no lower file of a needed layer, leads to it"),
                .. isBusy ? new[] { new FindingEvidence(store.DriverHome.Combine(ContainerdNames.SnapshotDatabase).ToString(), "it was written just now: containerd removes a snapshot's record first, and its directory later") } : [],
            ]);
    }

    /// <summary>Whether a directory's record can have been removed just now.</summary>
    private static bool IsBusy(DiagnosisContext context, ILayerStore store) =>
        store is ContainerdSnapshotStore { SnapshotsChangedAt: { } changed } && context.Snapshot.Time.TryGet(out DateTimeOffset now) && now - changed < s_longestRemoval;

    /// <summary>The layers that live mounts use, except for mounts that are themselves left over.</summary>
    private static HashSet<ByteString> FindMounted(DiagnosisContext context, StoreView view)
    {
        HashSet<BytePath> leftOver = [.. context.Findings.Where(finding => finding.Id is "OVL0005" or "OVL0006").Select(finding => finding.Subject.Path)];
        HashSet<ByteString> used = [];
        if (context.TryGetMounts(out MountView? mounts))
            Add(mounts.Table);
        if (context.Snapshot.OtherNamespaces.TryGet(out ImmutableArray<SnapshotNamespace> namespaces))
        {
            foreach (SnapshotNamespace other in namespaces)
            {
                if (other.Mounts.TryGet(out MountTable? table))
                    Add(table);
            }
        }

        return used;

        void Add(MountTable table)
        {
            foreach (MountEntry mount in table.Entries)
            {
                if (!mount.IsOverlay || leftOver.Contains(mount.MountPoint))
                    continue;
                OverlayMountOptions options = OverlayMountOptions.Parse(mount.SuperOptions.Span).Resolve(view.Home.Home);
                foreach (LayerPath path in options.Layers)
                    AddLayer(path.Path);
                if (options.Upper is { } upper)
                    AddLayer(upper.Path);
            }
        }

        void AddLayer(BytePath path)
        {
            if (!view.Home.TryGetLayerId(path, out ByteString id))
                return;
            if (id == OverlayDriverNames.Links.Bytes && view is DriverStoreView driver && driver.Store.TryGetShortLink(path.FileName, out OverlayDriverShortLink? link) && link.TryGetLayerId(out ByteString linked))
                id = linked;
            used.Add(id);
        }
    }
}
