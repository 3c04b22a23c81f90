using Overlay2.Storage.Bytes;
using Overlay2.Storage.Engines;
using Overlay2.Storage.Engines.Docker;

namespace Overlay2.Storage.PropertyTests.Engines;

internal sealed class NaiveDockerReferences(DockerClassicStore store) : NaiveRecordReferences(store, store.OtherEntries)
{
    private string LayerDatabase => Root + "/image/overlay2/layerdb";

    private string ImageContents => Root + "/image/overlay2/imagedb/content/sha256";

    private string BuildCache => Root + "/buildkit/snapshots.db";

    protected override void Follow()
    {
        FollowNames();
        foreach (DockerImage image in store.Images)
        {
            string id = T(image.Id);
            string file = $"{ImageContents}/{id[(id.IndexOf(':', StringComparison.Ordinal) + 1)..]}";
            foreach (ByteString chain in image.ChainIds)
                Say(RecordKind.Image, id, file, RecordKind.Chain, T(chain), ChainThere(T(chain)));
            foreach (StoreProblem problem in store.ReadProblems)
            {
                if (T(problem.Path) != file)
                    continue;
                Say(RecordKind.Image, id, file, RecordKind.Chain, "", OfProblem(problem));
                break;
            }
        }

        foreach (DockerImageLayer layer in store.ImageLayers)
        {
            string chain = T(layer.ChainId);
            bool isLowest = layer.Parent.State == StoreFileState.Missing && (Strip(layer.DiffId).Length == 0 || Strip(layer.DiffId) == chain);
            if (!isLowest)
                SayFile(RecordKind.Chain, chain, T(layer.Directory) + "/parent", layer.Parent, RecordKind.Chain);
            SayFile(RecordKind.Chain, chain, T(layer.Directory) + "/cache-id", layer.CacheId, RecordKind.Layer);
        }

        foreach (DockerContainerLayer layer in store.ContainerLayers)
        {
            string id = T(layer.ContainerId);
            string answer = store.Containers.Any(container => T(container.Id) == id) ? Yes
                : id.Length != 64 || id.Any(digit => !"0123456789abcdef".Contains(digit, StringComparison.Ordinal)) ? Perhaps("NotRead")
                : Gone(IsUnread(Root + "/containers"), "NoSuchRecord");
            Say(RecordKind.MountRecord, id, T(layer.Directory), RecordKind.Container, id, answer);
            if (layer.Parent.State != StoreFileState.Missing)
                SayFile(RecordKind.MountRecord, id, T(layer.Directory) + "/parent", layer.Parent, RecordKind.Chain);
            SayFile(RecordKind.MountRecord, id, T(layer.Directory) + "/mount-id", layer.MountId, RecordKind.Layer);
            if (layer.InitId.State != StoreFileState.Missing)
                SayFile(RecordKind.MountRecord, id, T(layer.Directory) + "/init-id", layer.InitId, RecordKind.Layer);
        }

        foreach (DockerContainer container in store.Containers)
            FollowContainer(container);
        foreach (DockerBuildCacheRecord record in store.BuildCache)
            FollowBuild(record);
        FollowDriverHome(store, hasOthers: false, IsAboveOthers);
    }

    private void FollowNames()
    {
        string file = Root + "/image/overlay2/repositories.json";
        if (!store.KnowsRecordReferences)
        {
            Say(RecordKind.Repository, "", file, RecordKind.Image, "", Perhaps("NotRead"));
            foreach (DockerImage image in store.Images)
            {
                foreach (string name in image.References)
                    Say(RecordKind.Repository, Utf(name), file, RecordKind.Image, T(image.Id), Yes);
            }

            return;
        }

        foreach (DockerRepositoryName name in store.RepositoryNames)
            Say(RecordKind.Repository, T(name.Name), file, RecordKind.Image, T(name.ImageId), name.ImageId.IsEmpty ? No("EmptyRecord") : ImageThere(T(name.ImageId)));
        if (IsUnread(file))
            Say(RecordKind.Repository, "", file, RecordKind.Image, "", Perhaps("Unreadable"));
    }

    private void FollowContainer(DockerContainer container)
    {
        string id = T(container.Id);
        string file = $"{Root}/containers/{id}/config.v2.json";
        bool isOfOtherDriver = container.Driver is not ("" or "overlay2");
        string image = Utf(container.ImageId);
        if (image.Length > 0)
            Say(RecordKind.Container, id, file, RecordKind.Image, image, isOfOtherDriver ? Perhaps("InAnotherStore") : ImageThere(image));
        else if (container.Problem is { } problem && T(problem.Path).EndsWith("/config.v2.json", StringComparison.Ordinal))
            Say(RecordKind.Container, id, file, RecordKind.Image, "", OfProblem(problem));

        string mount = store.ContainerLayers.Any(layer => T(layer.ContainerId) == id) ? Yes
            : isOfOtherDriver ? Perhaps("InAnotherStore")
            : Gone(IsUnread(LayerDatabase + "/mounts"), "NoSuchRecord");
        Say(RecordKind.Container, id, file, RecordKind.MountRecord, id, mount);
    }

    private void FollowBuild(DockerBuildCacheRecord record)
    {
        string key = T(record.Key);
        string chain = T(record.ChainId);
        string committed = T(record.Committed);
        string parent = T(record.Parent);
        if (chain.Length > 0)
            Say(RecordKind.BuildRecord, key, BuildCache, RecordKind.Chain, chain, ChainThere(chain));
        if (committed.Length > 0)
            Say(RecordKind.BuildRecord, key, BuildCache, RecordKind.Layer, committed, LayerThere(committed));
        if (chain.Length == 0 && committed.Length == 0 && key.Contains(':', StringComparison.Ordinal))
            Say(RecordKind.BuildRecord, key, BuildCache, RecordKind.Chain, key, ChainThere(key));
        else if (chain.Length == 0 && committed.Length == 0)
            Say(RecordKind.BuildRecord, key, BuildCache, RecordKind.Layer, key, LayerThere(key));
        if (parent.Length == 0)
            return;
        if (store.BuildCache.Any(other => T(other.Key) == parent))
            Say(RecordKind.BuildRecord, key, BuildCache, RecordKind.BuildRecord, parent, Yes);
        else if (store.ImageLayers.Any(layer => T(layer.ChainId) == parent))
            Say(RecordKind.BuildRecord, key, BuildCache, RecordKind.Chain, parent, Yes);
        else if (parent.Contains(':', StringComparison.Ordinal))
            Say(RecordKind.BuildRecord, key, BuildCache, RecordKind.Chain, parent, ChainThere(parent));
        else
            Say(RecordKind.BuildRecord, key, BuildCache, RecordKind.BuildRecord, parent, Gone(IsUnread(BuildCache), "NoSuchRecord"));
    }

    private void SayFile(RecordKind from, string id, string source, StoreFile file, RecordKind to)
    {
        string target = Strip(file);
        Say(from, id, source, to, target, target.Length == 0 ? OfFile(file) : to == RecordKind.Chain ? ChainThere(target) : LayerThere(target));
    }

    private string ImageThere(string id) => store.Images.Any(image => T(image.Id) == id) ? Yes : Gone(IsUnread(ImageContents), "NoSuchRecord");

    private string ChainThere(string id)
    {
        if (store.ImageLayers.Any(layer => T(layer.ChainId) == id))
            return Yes;

        // Of an algorithm's directory that could not be listed any chain id can be.
        bool isUnread = IsUnread(LayerDatabase);
        foreach (StoreProblem problem in store.ReadProblems)
        {
            string path = T(problem.Path);
            isUnread |= problem.Reason != StoreProblemReason.NotFound && path.StartsWith(LayerDatabase + "/", StringComparison.Ordinal)
                && !path[(LayerDatabase.Length + 1)..].Contains('/', StringComparison.Ordinal) && path != LayerDatabase + "/mounts";
        }

        return Gone(isUnread, "NoSuchRecord");
    }

    private static string OfProblem(StoreProblem problem) => problem.Reason switch
    {
        StoreProblemReason.NotFound => No("NoSuchEntry"),
        StoreProblemReason.Malformed => No("MalformedRecord"),
        _ => Perhaps("Unreadable"),
    };

    private bool IsAboveOthers(string id)
    {
        foreach (DockerImageLayer layer in store.ImageLayers)
        {
            if (Strip(layer.CacheId) == id && Strip(layer.Parent).Length > 0)
                return true;
        }

        foreach (DockerContainerLayer layer in store.ContainerLayers)
        {
            if (Strip(layer.MountId) == id && (Strip(layer.Parent).Length > 0 || Strip(layer.InitId).Length > 0))
                return true;
            if (Strip(layer.InitId) == id && Strip(layer.Parent).Length > 0)
                return true;
        }

        return store.BuildCache.Any(record => T(record.Key) == id && !record.Parent.IsEmpty);
    }
}
