using Overlay2.Storage.Bytes;
using Overlay2.Storage.Engines.OverlayDriver;

namespace Overlay2.Storage.Engines.Docker;

/// <summary>Which entries of the layer database an image, a container or a build record leads to, and which of those are not there.</summary>
/// <remarks>The database itself is no root: the engine keeps an entry for as long as one of these needs it, and what nobody needs was left behind.</remarks>
internal sealed class DockerReachability
{
    private readonly DockerClassicStore _store;
    private readonly HashSet<ByteString> _reached = [];
    private readonly HashSet<ByteString> _lost = [];
    private readonly List<LostChain> _missing = [];

    public DockerReachability(DockerClassicStore store)
    {
        _store = store;
        var unread = new UnreadParts(store.ReadProblems);
        bool areChainsUnread = unread.HoldAnyIn(store.LayerDatabase, except: store.LayerDatabase.Combine(DockerNames.Mounts));
        BytePath images = store.DataRoot.Combine(DockerNames.ImageContents);
        foreach (DockerImage image in store.Images)
        {
            foreach (ByteString chainId in image.ChainIds)
                Reach(chainId, image.Source(images));
        }

        foreach (DockerContainerLayer layer in store.ContainerLayers)
            Reach(layer.Parent.Trimmed, layer.Directory.Combine(DockerNames.Parent));
        ReachBuildCache();
        foreach (DockerImageLayer layer in store.ImageLayers)
        {
            if (!layer.Parent.Trimmed.IsEmpty && !store.TryGetImageLayer(layer.Parent.Trimmed, out _))
                Lose(layer.Parent.Trimmed, layer.Directory.Combine(DockerNames.Parent));
        }

        if (areChainsUnread)
            _missing.Clear();

        // Where an image may be missing, what it needs is not known, and the database is all there is to go by.
        HashSet<ByteString> known = [.. store.Images.Select(image => image.Id)];
        LostNames = unread.Hold(images) ? [] : [.. store.RepositoryNames.Where(name => !known.Contains(name.ImageId))];
        KnowsImages = !store.ReadProblems.Any(problem => problem.Path.StartsWith(images)) && LostNames.Count == 0;
    }

    /// <summary>What images, containers and other entries name, and the database does not hold; none where a part of it was not read.</summary>
    public IReadOnlyList<LostChain> Missing => _missing;

    /// <summary>Whether every image that the store tells of was read.</summary>
    public bool KnowsImages { get; }

    /// <summary>The names of images that have no record; none where the records were not read.</summary>
    public IReadOnlyList<DockerRepositoryName> LostNames { get; }

    /// <summary>Whether somebody needs an entry, or may need it.</summary>
    public bool IsNeeded(DockerImageLayer layer) => !KnowsImages || _reached.Contains(layer.ChainId);

    private void ReachBuildCache()
    {
        foreach (DockerBuildCacheRecord record in _store.BuildCache)
        {
            // Which of these are chain ids does not matter: what is none is no entry of the database either.
            ReachEntry(record.ChainId);
            ReachEntry(record.Key);
            ReachEntry(record.Parent);
        }
    }

    private void Reach(ByteString chainId, BytePath source)
    {
        if (chainId.IsEmpty)
            return;
        if (_store.TryGetImageLayer(chainId, out _))
            ReachEntry(chainId);
        else
            Lose(chainId, source);
    }

    private void Lose(ByteString chainId, BytePath source)
    {
        if (_lost.Add(chainId))
            _missing.Add(new LostChain(chainId, source, PlaceOf(chainId)));
    }

    private BytePath PlaceOf(ByteString chainId)
    {
        ReadOnlySpan<byte> algorithm = "sha256:"u8;
        return chainId.Span.StartsWith(algorithm) && OverlayDriverNames.IsHexadecimalId(chainId.Span[algorithm.Length..])
            ? _store.LayerDatabase.Combine(new BytePath(new ByteString(algorithm[..^1]))).Combine(new BytePath(new ByteString(chainId.Span[algorithm.Length..])))
            : _store.LayerDatabase;
    }

    /// <summary>An entry, and those below it.</summary>
    private void ReachEntry(ByteString chainId)
    {
        while (_store.TryGetImageLayer(chainId, out DockerImageLayer? layer) && _reached.Add(chainId))
            chainId = layer.Parent.Trimmed;
    }
}
