using System.Collections.Immutable;
using System.Globalization;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Engines.Docker;
using Overlay2.Storage.Hosts;

namespace Overlay2.Storage.Diagnosis.Rules;

/// <summary>OVL0117. Where much is lost at once, that is one loss.</summary>
internal sealed class MissingChainRule() : LibraryRule(FindingIds.MissingChain, DiagnosisStage.Store)
{
    private const int MostSingle = 16;
    private const int MostShown = 8;
    private static readonly BytePath s_cacheId = BytePath.FromText("cache-id");

    public override void Examine(HostView host, FindingSink findings)
    {
        foreach (HostStore view in findings.OpenStores(host))
        {
            if (view.Store is not DockerClassicStore { LostChains: { Count: > 0 } missing } store)
                continue;
            bool isAll = missing.Count > 1 && store.ImageLayers.Count == 0;
            if (isAll || missing.Count > MostSingle)
                ReportTogether(findings, store, missing);
            else
                ReportEach(findings, store, missing);
        }
    }

    private static void ReportEach(FindingSink findings, DockerClassicStore store, IReadOnlyList<LostChain> missing)
    {
        foreach (LostChain lost in missing)
        {
            BytePath place = lost.Place;
            findings.Report(
                FindingStatus.Confirmed, new FindingSubject(FindingSubjectKind.ImageLayer, place) { Id = lost.ChainId },
                "The layer database lacks a layer that something is made of: the images and containers above it vanish when the engine starts. Its directory looks unused and is not.", $"layerdb:{place}:{lost.ChainId}",
                [
                    new FindingEvidence(place.ToString(), place == store.LayerDatabase ? $"it cannot have an entry of the name \"{lost.ChainId}\"" : "there is no such entry"),
                    new FindingEvidence(lost.Source.ToString(), $"it names {lost.ChainId}"),
                    StoreEvidence.Expected(place.Combine(s_cacheId).ToString(), store.GetExpectedCacheId(lost.ChainId)),
                    .. Affected(store, [lost.ChainId]),
                ]);
        }
    }

    private static void ReportTogether(FindingSink findings, DockerClassicStore store, IReadOnlyList<LostChain> missing) => findings.Report(
        FindingStatus.Confirmed, new FindingSubject(FindingSubjectKind.DataRoot, store.LayerDatabase),
        string.Create(CultureInfo.InvariantCulture, $"The layer database lacks {missing.Count} layers that images and containers are made of: they vanish when the engine starts. The directories look unused and are not."),
        $"layerdb:{store.LayerDatabase}",
        [
            new FindingEvidence(store.LayerDatabase.ToString(), string.Create(CultureInfo.InvariantCulture, $"it holds {store.ImageLayers.Count} entries, and lacks {missing.Count}")),
            .. missing.Take(MostShown).Select(lost => new FindingEvidence(lost.Source.ToString(), $"it names {lost.ChainId}")),
            .. Affected(store, [.. missing.Select(lost => lost.ChainId)]),
        ]);

    private static ImmutableArray<FindingEvidence> Affected(DockerClassicStore store, HashSet<ByteString> lost)
    {
        AffectedRecords above = store.FindAffected(lost);
        return
        [
            new FindingEvidence("images", above.Images.Count == 0 ? "none that the records name is above it" : $"above it: {List(above.Images)}"),
            new FindingEvidence("containers", above.Containers.Count == 0 ? "none that the records name is above it" : $"above it: {List(above.Containers)}"),
        ];
    }

    private static string List(IReadOnlyList<string> names) =>
        string.Join(", ", names.Take(MostShown)) + (names.Count > MostShown ? string.Create(CultureInfo.InvariantCulture, $" and {names.Count - MostShown} more") : "");
}
