using System.Diagnostics.CodeAnalysis;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Engines;
using Overlay2.Storage.Engines.Docker;
using Overlay2.Storage.Engines.Files;
using Overlay2.Storage.TestShared;

namespace Overlay2.Storage.Tests.Engines;

public sealed class DockerStoreScaleTests
{
    [Fact]
    public void The_work_grows_with_the_store_and_not_faster()
    {
        (long smallCalls, long smallBytes, _) = Measure(300, 60);
        (long largeCalls, long largeBytes, DockerClassicStore store) = Measure(3000, 600);

        Assert.InRange(largeCalls, 9.5 * smallCalls, 10.5 * smallCalls);
        Assert.InRange(largeBytes, 0, 12 * smallBytes);
        Assert.Equal((3000, 3000, 1800, 600), (store.Layers.Count, store.ShortLinks.Count, store.ImageLayers.Count, store.Containers.Count));
        Assert.Empty(store.Problems);
    }

    [Fact]
    public void A_large_sound_store_has_nothing_to_mend()
    {
        (_, _, DockerClassicStore store) = Measure(900, 180);

        Assert.Empty(((ILayerStore)store).FindUnreferencedLayers());
        Assert.All(store.Layers, layer =>
        {
            Assert.Equal(layer.Link.Content, store.GetExpectedLink(layer.Id).Value);
            Assert.Equal(layer.Lower.Content, store.GetExpectedLower(layer.Id).Value);
            Assert.Equal($"../{layer.Id}/diff", store.GetExpectedShortLinkTarget(layer.Link.Content).Value.ToString());
        });
    }

    private static (long Calls, long Bytes, DockerClassicStore Store) Measure(int layers, int containers)
    {
        RecordedFileTree recorded = RecordedFileTree.Parse(SyntheticDockerRoot.Write(layers, containers));
        var tree = new CountingTree(recorded);
        long before = GC.GetAllocatedBytesForCurrentThread();
        DockerClassicStore store = DockerClassicStore.Read(tree, recorded.Root, StoreReadOptions.Default, TestContext.Current.CancellationToken);
        _ = ((ILayerStore)store).FindUnreferencedLayers();
        return (tree.Calls, GC.GetAllocatedBytesForCurrentThread() - before, store);
    }

    private sealed class CountingTree(IFileTree inner) : IFileTree
    {
        public long Calls { get; private set; }

        public bool TryRead(BytePath path, int maxLength, out ByteString content, [NotNullWhen(false)] out StoreProblem? problem)
        {
            Calls++;
            return inner.TryRead(path, maxLength, out content, out problem);
        }

        public bool TryList(BytePath directory, int maxEntries, out IReadOnlyList<FileTreeEntry> entries, [NotNullWhen(false)] out StoreProblem? problem)
        {
            Calls++;
            return inner.TryList(directory, maxEntries, out entries, out problem);
        }

        public bool TryReadLink(BytePath path, out BytePath target, [NotNullWhen(false)] out StoreProblem? problem)
        {
            Calls++;
            return inner.TryReadLink(path, out target, out problem);
        }

        public bool TryGetStatus(BytePath path, out FileTreeStatus status, [NotNullWhen(false)] out StoreProblem? problem)
        {
            Calls++;
            return inner.TryGetStatus(path, out status, out problem);
        }

        public bool TryGetExtendedAttribute(BytePath path, ByteString name, out ByteString? value, [NotNullWhen(false)] out StoreProblem? problem)
        {
            Calls++;
            return inner.TryGetExtendedAttribute(path, name, out value, out problem);
        }

        public bool TryOpen(BytePath path, long maxLength, [NotNullWhen(true)] out IByteSource? source, [NotNullWhen(false)] out StoreProblem? problem)
        {
            Calls++;
            return inner.TryOpen(path, maxLength, out source, out problem);
        }
    }
}
