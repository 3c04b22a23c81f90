using Overlay2.Storage.Bytes;
using Overlay2.Storage.Diagnosis;
using Overlay2.Storage.Engines.Docker;

namespace Overlay2.Storage.Repair.Planning;

/// <summary>Records of the Docker Engine that are gone, or left over: what is said of them, and of whom they concern.</summary>
internal static class LostRecords
{
    /// <summary>OVL0117: the engine makes the entry again when it gets the image again; the files are all there.</summary>
    public static string RefuseChain(PlanDraft draft, Finding finding, DockerClassicStore store)
    {
        HashSet<ByteString> lost = finding.Subject.Kind == FindingSubjectKind.ImageLayer ? [finding.Subject.Id] : [.. store.LostChains.Select(chain => chain.ChainId)];
        AffectedRecords above = store.FindAffected(lost);
        draft.Offer(new RepairCourse(
            $"Get the images again that have lost a layer ({finding.Subject})", "the size of the layer and the order of its files in the archive are written nowhere else", RepairRisk.R4, [],
            [
                above.Containers.Count == 0 ? "No container is above the layer." : $"Save what these containers wrote, from the upper directories of their layers, which are whole: {LostLayers.List(above.Containers)}.",
                "Restart the engine: from now on it knows neither the images nor the containers, and pulls what it lacks.",
                above.Images.Count == 0 ? "Find out which image the layer is of, and pull or load it." : $"Pull or load these images again, the same by digest: {LostLayers.List(above.Images)}. The entry is made again, with a new directory.",
                "Restart the engine again: containers whose image is whole come back, on the directories that they had.",
                "Diagnose again.",
            ]));
        return $"the layer's size and the order of its files are in no other place of the store; images affected: {LostLayers.List(above.Images)}; containers affected: {LostLayers.List(above.Containers)}. Remove no directory of the driver before this is clear: see the alternative";
    }

    /// <summary>OVL0118.</summary>
    public static string RefuseImage(PlanDraft draft, Finding finding, DockerClassicStore store) =>
        "an image's record is in no other place of the store: pull or load the image again under that name, which makes it anew";

    /// <summary>OVL0119.</summary>
    public static string RefuseLeftOver(PlanDraft draft, Finding finding, DockerClassicStore store)
    {
        string layers = store.TryGetContainerLayer(finding.Subject.Id, out DockerContainerLayer? layer) ? $", and {layer.Directory}, which holds its layers" : "";
        return $"whether a volume or a log is still wanted only a person can tell: look at it, and with the engine stopped move {finding.Subject.Path} away{layers}";
    }
}
