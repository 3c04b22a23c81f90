using System.IO.Compression;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Engines;
using Overlay2.Storage.Engines.Docker;
using Overlay2.Storage.Engines.Files;

namespace Overlay2.Storage.Tests.Engines;

/// <summary>The recorded root directories of a real engine: see tests/data/docker-root/README.md.</summary>
internal static class DockerRootCorpus
{
    public static IEnumerable<string> States { get; } =
        [.. Directory.EnumerateDirectories(Repository.Data("docker-root")).Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal)];

    public static TheoryData<string> AllStates { get; } = new(States);

    public static ReadOnlyMemory<byte> ReadTree(string state)
    {
        string plain = Repository.Data("docker-root", state, "tree.json");
        if (File.Exists(plain))
            return File.ReadAllBytes(plain);

        using var zipped = new GZipStream(File.OpenRead(plain + ".gz"), CompressionMode.Decompress);
        using var bytes = new MemoryStream();
        zipped.CopyTo(bytes);
        return bytes.ToArray();
    }

    public static DockerClassicStore Read(string state)
    {
        RecordedFileTree tree = RecordedFileTree.Parse(ReadTree(state));
        return DockerClassicStore.Read(tree, tree.Root, StoreReadOptions.Default, TestContext.Current.CancellationToken);
    }

    public static ByteString Text(string text) => ByteString.FromText(text);
}
