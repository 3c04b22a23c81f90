using System.Text.Json;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Engines;
using Overlay2.Storage.Engines.Docker;
using Overlay2.Storage.Engines.Files;
using Overlay2.Storage.Engines.OverlayDriver;

namespace Overlay2.Storage.Fuzz.Targets;

/// <summary>Any bytes in a container's notes, an image's configuration, the list of image names and a recorded tree are data or typed problems.</summary>
internal static class DockerJsonTarget
{
    private const string Id = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

    public static void Run(byte[] input)
    {
        DockerClassicStore store = Read(TreeWith(input));
        if (store.Containers.Count != 1 || store.Images.Count != 1)
            throw new InvalidOperationException("A part of the store is not there.");
        if (store.Containers[0].Problem is null == store.ReadProblems.Any(problem => problem.Path.ToString().Contains("/containers/", StringComparison.Ordinal)))
            throw new InvalidOperationException("A container's problem is told in one place only.");

        try
        {
            Read(RecordedFileTree.Parse(input));
        }
        catch (JsonException)
        {
            // Not a record: said so.
        }
    }

    private static DockerClassicStore Read(RecordedFileTree tree)
    {
        DockerClassicStore store = DockerClassicStore.Read(tree, BytePath.FromText("/var/lib/docker"), StoreReadOptions.Default, CancellationToken.None);
        _ = ((ILayerStore)store).FindUnreferencedLayers();
        if (store.RecordReferences.Any(reference => (reference.Resolution == RecordResolution.Resolved) != (reference.Reason == RecordReferenceReason.None)))
            throw new InvalidOperationException("A reference is resolved for a reason, or not resolved for none.");
        foreach (OverlayDriverLayer layer in store.Layers)
            _ = store.GetExpectedLower(layer.Id);
        return store;
    }

    private static RecordedFileTree TreeWith(byte[] content) => RecordedTree.Of(
        "/var/lib/docker",
        ["containers", $"containers/{Id}", "image", "image/overlay2", "image/overlay2/imagedb", "image/overlay2/imagedb/content", "image/overlay2/imagedb/content/sha256"],
        [$"containers/{Id}/config.v2.json", $"containers/{Id}/hostconfig.json", "image/overlay2/repositories.json", $"image/overlay2/imagedb/content/sha256/{Id}"],
        content);
}
