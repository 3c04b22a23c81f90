using Overlay2.Storage.Bytes;
using Overlay2.Storage.Engines;
using Overlay2.Storage.Engines.OverlayDriver;
using Overlay2.Storage.Hosts;

namespace Overlay2.Storage.Diagnosis.Rules;

/// <summary>OVL0122. The file wins over <c>lower</c>, so what it says is what is mounted.</summary>
internal sealed class LowerLayersRule() : LibraryRule(FindingIds.LowerLayers, DiagnosisStage.Store)
{
    public override void Examine(HostView host, FindingSink findings)
    {
        foreach (HostDriverStore view in findings.OpenDriverStores(host))
        {
            foreach (OverlayDriverLayer layer in view.Needed)
            {
                if (layer.LowerLayers.State != StoreFileState.Present)
                    continue;
                ExpectedValue expected = view.Store.GetExpectedLowerLayers(layer.Id);
                if (FindFault(view.Store, layer, expected) is { } fault)
                    Report(findings, layer, FindingSeverity.Error, "A layer is mounted on other layers than it was made on, or not at all: its list of layers below is damaged.", fault, expected);
                else if (layer.Lower.State == StoreFileState.Present && IsOtherwise(view.Store, layer))
                    Report(findings, layer, FindingSeverity.Warning, "The two lists of the layers below say different things: an earlier version of the engine, which reads the other one, mounts other layers.", "the list of ids is the one that this version mounts", expected);
            }
        }
    }

    private static void Report(FindingSink findings, OverlayDriverLayer layer, FindingSeverity severity, string message, string what, ExpectedValue expected)
    {
        string path = layer.Directory.Combine(OverlayDriverNames.LowerLayers).ToString();
        FindingEvidence[] lower = layer.Lower.State == StoreFileState.Present
            ? [new FindingEvidence(layer.Directory.Combine(OverlayDriverNames.Lower).ToString(), $"the file holds \"{layer.Lower.Content}\"")] : [];
        findings.Report(
            severity, FindingStatus.Confirmed, FindingSubject.Of(layer), message, $"lower-layers:{layer.Id}",
            [new FindingEvidence(path, what), .. lower, StoreEvidence.Expected(path, expected)]);
    }

    /// <summary>What is wrong with the list itself; <see langword="null"/> where nothing is.</summary>
    private static string? FindFault(OverlayDriverStore store, OverlayDriverLayer layer, ExpectedValue expected)
    {
        IReadOnlyList<ByteString> ids = layer.GetLowerLayerIds();
        if (ids.Count == 0)
            return "the file is empty";
        foreach (ByteString id in ids)
        {
            if (!OverlayDriverNames.IsHexadecimalId(id.Span))
                return $"the element \"{id}\" is no id of a layer";

            // A layer below can be in a read-only store; the directory of one that has a record is missed by OVL0106.
            if (((ILayerStore)store).StoresBelow.Count == 0 && !store.TryGetLayer(id, out _) && !store.OtherEntries.Contains(id) && expected.Status == ExpectedValueStatus.Unknown)
                return $"there is no layer {id}, which it names";
        }

        return expected.Status switch
        {
            ExpectedValueStatus.Known when expected.Value != layer.LowerLayers.Trimmed => $"the file holds \"{layer.LowerLayers.Trimmed}\"",
            ExpectedValueStatus.None => "by the records there is no layer below",
            _ => null,
        };
    }

    /// <summary>Whether the other list leads to other layers, or nowhere by its form. A short name that nobody has is none of a new layer.</summary>
    private static bool IsOtherwise(OverlayDriverStore store, OverlayDriverLayer layer)
    {
        IReadOnlyList<ByteString> names = layer.GetLowerElements();
        IReadOnlyList<ByteString> ids = layer.GetLowerLayerIds();
        if (names.Count != ids.Count)
            return true;
        for (int i = 0; i < names.Count; i++)
        {
            if (!OverlayDriverNames.TryGetShortName(names[i], out ByteString name))
                return true;
            bool isLinked = store.TryGetShortLink(name, out OverlayDriverShortLink? link) && link.TryGetLayerId(out ByteString linked) && linked != ids[i];
            if (isLinked || store.GetLayersOfShortName(name) is { Count: > 0 } named && named.All(other => other.Id != ids[i]))
                return true;
        }

        return false;
    }
}
