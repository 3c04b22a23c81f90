using System.Globalization;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Engines;
using Overlay2.Storage.Hosts;
using Overlay2.Storage.MountOptions;
using Overlay2.Storage.Mounts;

namespace Overlay2.Storage.Diagnosis.Rules;

/// <summary>OVL0107. Nothing is called unused while a record that may need it is lost or unread, or while it is young.</summary>
internal sealed class OrphanLayerRule() : LibraryRule(FindingIds.OrphanLayer, DiagnosisStage.Store)
{
    private static readonly TimeSpan s_longestRemoval = TimeSpan.FromMinutes(10);

    public override void Examine(HostView host, FindingSink findings)
    {
        foreach (HostStore view in findings.OpenStores(host))
        {
            if (view.Unreferenced.Count == 0)
                continue;
            if (!view.Store.KnowsAllButBuildCache)
            {
                ReportUnknown(findings, view);
                continue;
            }

            HashSet<ByteString> mounted = FindMounted(host, findings, view);
            foreach (StoredLayer layer in view.Unreferenced)
            {
                if (!mounted.Contains(layer.Id))
                    Judge(host, findings, view, layer);
            }
        }
    }

    private static void ReportUnknown(FindingSink findings, HostStore view) => findings.Report(
        FindingStatus.Unknown, new FindingSubject(FindingSubjectKind.DriverHome, view.Store.DriverHome),
        string.Create(CultureInfo.InvariantCulture, $"No record names {view.Unreferenced.Count} layer directories, but records are lost: remove none of them before these are mended."), $"records:{view.Store.DataRoot}",
        [.. view.Store.ReferenceProblems.Take(4).Select(problem => new FindingEvidence(problem.Path.ToString(), problem.Detail.Length > 0 ? problem.Detail : problem.Reason.ToString()))]);

    private static void Judge(HostView host, FindingSink findings, HostStore view, StoredLayer layer)
    {
        ILayerStore store = view.Store;
        TimeSpan? age = host.Snapshot.Time.TryGet(out DateTimeOffset now) && layer.ModifiedAt is { } modified ? now - modified : null;
        if (age < findings.Options.MinimumOrphanAge)
            return;
        string since = age is null ? "its age is not known" : string.Create(CultureInfo.InvariantCulture, $"it was changed last on {layer.ModifiedAt:yyyy-MM-dd HH:mm} UTC");
        StoreActivity? busy = FindActivity(host, store);
        IReadOnlyList<UnneededRecord> records = store.FindUnneededRecords(layer.Id);
        string? doubt = records.FirstOrDefault(record => record.Doubt.Length > 0)?.Doubt;
        bool isSure = age is not null && busy is null && doubt is null && view.KnowsAllReferences && !findings.HasUnreadNamespaces(host);
        findings.Report(
            isSure ? FindingStatus.Confirmed : FindingStatus.Suspected, FindingSubject.Of(layer), $"No image, container, build record or mount needs the layer directory {layer.Id}.", $"orphan:{layer.Id}",
            [
                new FindingEvidence(layer.Directory.ToString(), since),
                new FindingEvidence("store", records.Count == 0 ? "no record, and no lower file of a needed layer, leads to it" : "it has a record, which no image, container or build record leads to"),
                .. records.Select(record => new FindingEvidence(record.Path.ToString(), record.Size.Length == 0 ? "its record" : $"{record.Size} bytes by its record")),
                .. view.KnowsAllReferences ? Array.Empty<FindingEvidence>() : [new FindingEvidence(store.ReferenceProblems[0].Path.ToString(), "the records of the build cache could not be read: one of them may need it")],
                .. doubt is null ? Array.Empty<FindingEvidence>() : [new FindingEvidence("store", doubt)],
                .. busy is null ? Array.Empty<FindingEvidence>() : [new FindingEvidence(busy.File.ToString(), $"it was written just now: {busy.Meaning}")],
            ]);
    }

    /// <summary>What can have removed a directory's record just now.</summary>
    private static StoreActivity? FindActivity(HostView host, ILayerStore store) =>
        store.LastActivity is { } activity && host.Snapshot.Time.TryGet(out DateTimeOffset now) && now - activity.At < s_longestRemoval ? activity : null;

    /// <summary>The layers that live mounts use, except for mounts that are themselves left over: not those of which that is not known, or that may serve a copy just now.</summary>
    private static HashSet<ByteString> FindMounted(HostView host, FindingSink findings, HostStore view)
    {
        HashSet<BytePath> leftOver = [.. findings.Found
            .Where(finding => finding.Id is FindingIds.LeakedMount or FindingIds.OrphanMount && finding is { Status: not FindingStatus.Unknown, Severity: >= FindingSeverity.Warning }).Select(finding => finding.Subject.Path)];
        HashSet<ByteString> used = [];
        if (findings.TryGetMounts(host, out HostMounts? mounts))
            Add(mounts.Table);
        if (host.Snapshot.OtherNamespaces.IsKnown)
        {
            foreach ((_, MountTable table) in findings.OtherNamespaces(host))
                Add(table);
        }

        return used;

        void Add(MountTable table)
        {
            foreach (MountEntry mount in table.Entries)
            {
                findings.CancellationToken.ThrowIfCancellationRequested();
                if (!mount.IsOverlay || (leftOver.Contains(mount.MountPoint) && table.GetByMountPoint(mount.MountPoint).Count() == 1))
                    continue;
                OverlayMountOptions options = OverlayMountOptions.Parse(mount.SuperOptions.Span).Resolve(view.Home.LayersDirectory);
                foreach (LayerPath path in options.Layers)
                    AddLayer(path.Path);
                if (options.Upper is { } upper)
                    AddLayer(upper.Path);
            }
        }

        void AddLayer(BytePath path)
        {
            if (view.TryGetLayerId(path.WithoutDots(), out ByteString id))
                used.Add(id);
        }
    }
}
