using System.Globalization;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Diagnosis;
using Overlay2.Storage.Engines.Docker;
using Overlay2.Storage.Hosts;

namespace Overlay2.Storage.Repair.Planning;

/// <summary>Layers whose files are gone: no plan makes them again. What a refusal says: who is affected, and what to get before anything is removed.</summary>
internal static class LostLayers
{
    private const int MostShown = 16;

    public static string Refuse(PlanDraft draft, Finding finding, HostStore view, ByteString layerId)
    {
        if (view.FindContainer(layerId) is { } own && own.LayerId == layerId)
            return $"what the container {own.Name} wrote is lost and in no other place of the store; its image is not affected: restore its data from a backup into a new container";

        HashSet<ByteString> above = [.. view.Store.FindLayersAbove(layerId)];
        string[] containers = [.. view.Containers.Where(container => above.Contains(container.LayerId)).Select(container => container.Name.Length > 0 ? container.Name : container.Id.ToString())];
        string[] images = [.. view.Store.FindImages(layerId)];
        return Refuse(draft, finding, $"the files of layer {layerId} are in no other place of the store", images, containers);
    }

    /// <summary>The entry of a layer in the database is gone, with which directory is its.</summary>
    public static string RefuseRecord(PlanDraft draft, Finding finding, DockerClassicStore store, ByteString chainId)
    {
        DockerImage[] images = [.. store.Images.Where(image => image.ChainIds.Contains(chainId))];
        return Refuse(draft, finding, $"what the database held of layer {chainId} is in no other place of the store", [.. images.Select(image => image.Name)],
            [.. store.Containers.Where(container => images.Any(image => image.Id.ToString() == container.ImageId)).Select(container => container.Name)]);
    }

    private static string Refuse(PlanDraft draft, Finding finding, string reason, string[] images, string[] containers)
    {
        string affected = $"images affected: {List(images)}; containers affected: {List(containers)}";
        draft.Offer(new RepairCourse(
            $"Get what is lost again ({finding.Subject})", $"{reason}; only a person can fetch it", RepairRisk.R4, [],
            [
                images.Length == 0 ? "Find out which image the layer is of." : $"Get these images into a file or onto another host, and see that they are whole: {List(images)}. The engine here believes that it has the layer, and does not pull it again.",
                containers.Length == 0 ? "No container is above the layer." : $"Save what these containers wrote, from the upper directories of their layers, which are whole: {List(containers)}; then remove the containers.",
                "Only now remove the images from the engine, load or pull them again, and make the containers anew.",
                "Diagnose again.",
            ]));
        return $"{reason}; {affected}. First get the images again, then remove the records: see the alternative";
    }

    /// <summary>Names for showing, the first of many.</summary>
    public static string List(IReadOnlyList<string> names) => names.Count == 0 ? "none that the records name"
        : string.Join(", ", names.Take(MostShown)) + (names.Count > MostShown ? string.Create(CultureInfo.InvariantCulture, $" and {names.Count - MostShown} more") : "");
}
