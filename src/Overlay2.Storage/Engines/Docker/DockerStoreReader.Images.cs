using System.Security.Cryptography;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Engines.Files;
using Overlay2.Storage.Engines.OverlayDriver;

namespace Overlay2.Storage.Engines.Docker;

internal sealed partial class DockerStoreReader
{
    private List<DockerImage> ReadImages()
    {
        Dictionary<string, List<string>> references = ReadImageReferences();
        List<DockerImage> images = [];
        foreach (FileTreeEntry entry in List(DockerNames.ImageContents))
        {
            if (entry.Type != StoreEntryType.RegularFile || !OverlayDriverNames.IsHexadecimalId(entry.Name.Span))
                continue;

            string id = $"sha256:{entry.Name}";
            IReadOnlyList<ByteString> chainIds = [];
            ParseFile(DockerNames.ImageContents.Combine(new BytePath(entry.Name)), image =>
                chainIds = ChainIdsOf(image.Object("rootfs").Texts("diff_ids")));
            images.Add(new DockerImage
            {
                Id = ByteString.FromText(id),
                ChainIds = chainIds,
                References = references.TryGetValue(id, out List<string>? names) ? names : [],
            });
        }

        return images;
    }

    /// <summary>The names of images, by image id.</summary>
    private Dictionary<string, List<string>> ReadImageReferences()
    {
        Dictionary<string, List<string>> references = new(StringComparer.Ordinal);
        if (!Tree.TryGetStatus(DockerNames.Repositories, out _, out StoreProblem? problem) && problem.Reason == StoreProblemReason.NotFound)
            return references;

        ParseFile(DockerNames.Repositories, file =>
        {
            JsonFields repositories = file.Object("Repositories");
            foreach (string repository in repositories.Names())
            {
                JsonFields names = repositories.Object(repository);
                foreach (string name in names.Names())
                {
                    string id = names.Text(name);
                    if (!references.TryGetValue(id, out List<string>? list))
                        references.Add(id, list = []);
                    list.Add(name);
                }
            }
        });
        foreach (List<string> list in references.Values)
            list.Sort(StringComparer.Ordinal);
        return references;
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
