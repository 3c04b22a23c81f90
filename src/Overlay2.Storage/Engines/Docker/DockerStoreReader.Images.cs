using System.Security.Cryptography;
using System.Text.Json;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Engines.Files;
using Overlay2.Storage.Engines.OverlayDriver;

namespace Overlay2.Storage.Engines.Docker;

internal sealed partial class DockerStoreReader
{
    private List<DockerImage> ReadImages(out List<DockerRepositoryName> names)
    {
        names = ReadRepositoryNames();
        Dictionary<ByteString, List<string>> references = names.GroupBy(name => name.ImageId).ToDictionary(
            group => group.Key, group => group.Select(name => System.Text.Encoding.UTF8.GetString(name.Name.Span)).Order(StringComparer.Ordinal).ToList());
        List<DockerImage> images = [];
        foreach (FileTreeEntry entry in List(Tree, DockerNames.ImageContents))
        {
            if (entry.Type != StoreEntryType.RegularFile || !OverlayDriverNames.IsHexadecimalId(entry.Name.Span))
                continue;

            ByteString id = new([.. "sha256:"u8, .. entry.Name.Span]);
            IReadOnlyList<ByteString> chainIds = [];
            ParseFile(DockerNames.ImageContents.Combine(new BytePath(entry.Name)), image =>
                chainIds = ChainIdsOf(image.Object("rootfs").Texts("diff_ids")));
            images.Add(new DockerImage
            {
                Id = id,
                ChainIds = chainIds,
                References = references.GetValueOrDefault(id, []),
            });
        }

        return images;
    }

    /// <summary>The names of images, in the order of their bytes.</summary>
    private List<DockerRepositoryName> ReadRepositoryNames()
    {
        List<DockerRepositoryName> names = [];
        ReportUnlessMissing(ReadJson(DockerNames.Repositories, Options.MaxFileLength, JsonValueKind.Object, file =>
        {
            JsonFields repositories = file.Object("Repositories");
            foreach (string repository in repositories.Names())
            {
                JsonFields entries = repositories.Object(repository);
                foreach (string name in entries.Names())
                    names.Add(new DockerRepositoryName(ByteString.FromText(name), ByteString.FromText(entries.Text(name))));
            }
        }));
        return [.. names.OrderBy(name => name.Name)];
    }

    /// <summary>The lowest layer's chain id is its own digest; each further one is the digest of "chain below, blank, own digest".</summary>
    private static List<ByteString> ChainIdsOf(IEnumerable<string> diffIds)
    {
        const int MaxLayers = 4096;
        List<ByteString> chain = [];
        string below = "";
        foreach (string diffId in diffIds.Take(MaxLayers))
        {
            below = chain.Count == 0
                ? diffId
                : $"sha256:{Convert.ToHexStringLower(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes($"{below} {diffId}")))}";
            chain.Add(new ByteString(System.Text.Encoding.UTF8.GetBytes(below)));
        }

        return chain;
    }
}
