using System.Globalization;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Engines;
using Overlay2.Storage.Engines.ContainersStorage;
using Overlay2.Storage.Hosts;

namespace Overlay2.Storage.Diagnosis.Rules;

/// <summary>OVL0120. Where much is lost at once, that is one loss.</summary>
internal sealed class MissingLayerRecordRule() : LibraryRule(FindingIds.MissingLayerRecord, DiagnosisStage.Store)
{
    private const int MostSingle = 16;
    private const int MostShown = 8;

    public override void Examine(HostView host, FindingSink findings)
    {
        foreach (HostStore view in findings.OpenStores(host))
        {
            if (view.Store is not ContainersStorageStore store)
                continue;
            IGrouping<ByteString, RecordReference>[] missing = [.. store.RecordReferences.Where(reference => reference.IsDangling && reference.To.Kind == RecordKind.LayerRecord).GroupBy(reference => reference.To.Id)];
            if (missing.Length > 1 && (store.LayerRecords.Count == 0 || missing.Length > MostSingle))
            {
                findings.Report(
                    FindingStatus.Confirmed, new FindingSubject(FindingSubjectKind.DataRoot, store.DataRoot),
                    string.Create(CultureInfo.InvariantCulture, $"The records of {missing.Length} layers are gone, which images and containers have: the engine cannot use these."), $"layer-records:{store.DataRoot}",
                    [.. missing.Take(MostShown).SelectMany(layer => Evidence(store, layer).Take(1))]);
                continue;
            }

            foreach (IGrouping<ByteString, RecordReference> layer in missing)
            {
                findings.Report(
                    FindingStatus.Confirmed, new FindingSubject(FindingSubjectKind.Layer, view.PathOf(layer.Key)) { Id = layer.Key },
                    $"The record of a layer is gone, which {Name(store, layer.First().From)} has: the engine cannot use it{(store.TryGetLayer(layer.Key, out _) ? "; the layer's directory is there, and looks unused" : "")}.",
                    $"layer-record:{store.DataRoot}:{layer.Key}", [.. Evidence(store, layer)]);
            }
        }
    }

    private static IEnumerable<FindingEvidence> Evidence(ContainersStorageStore store, IGrouping<ByteString, RecordReference> layer)
    {
        foreach (RecordReference reference in layer.Take(MostShown))
            yield return new FindingEvidence(reference.Source.ToString(), layer.Key.IsEmpty ? $"{Name(store, reference.From)} has no layer" : $"{Name(store, reference.From)} has the layer {layer.Key}, which no record names");
        if (store.TryGetLayer(layer.Key, out Engines.OverlayDriver.OverlayDriverLayer? directory))
            yield return new FindingEvidence(directory.Directory.ToString(), "the directory is there");
    }

    /// <summary>As a person knows it.</summary>
    private static string Name(ContainersStorageStore store, RecordIdentity record) => record.Kind switch
    {
        RecordKind.Container => $"container {store.Containers.FirstOrDefault(container => container.Id == record.Id) switch { { Name.Length: > 0 } known => known.Name, _ => record.Id.ToString() }}",
        RecordKind.Image => $"image {store.Images.FirstOrDefault(image => image.Id == record.Id) switch { { Names.Count: > 0 } known => known.Names[0], _ => record.Id.ToString() }}",
        _ => $"layer {record.Id}",
    };
}
