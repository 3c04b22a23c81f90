using System.Globalization;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Engines;
using Overlay2.Storage.Engines.ContainersStorage;

namespace Overlay2.Storage.Tests.Engines;

/// <summary>A small store of containers/storage on disk: an image of two layers, and a container on it.</summary>
internal static class ContainersTree
{
    public static readonly string Base = new('a', 64);
    public static readonly string Top = new('b', 64);
    public static readonly string Writable = new('c', 64);
    public static readonly string Container = new('d', 64);
    public static readonly string Image = new('e', 64);

    public static string Name(string layer) => new(char.ToUpper(layer[0], CultureInfo.InvariantCulture), 26);

    /// <summary>Makes it below a directory of the tree.</summary>
    public static TemporaryTree WithContainersStore(this TemporaryTree tree, string root)
    {
        tree.WithLayer(root, Base).WithLayer(root, Top, Base).WithLayer(root, Writable, Top, Base);
        tree.WithDirectory($"{root}/overlay/{Base}/empty");
        return tree
            .WithFile($"{root}/overlay/.has-mount-program", "false")
            .WithFile($"{root}/overlay-layers/layers.json", $$"""[{"id":"{{Base}}"},{"id":"{{Top}}","parent":"{{Base}}"},{"id":"{{Writable}}","names":["c1-layer"],"parent":"{{Top}}"}]""")
            .WithFile($"{root}/overlay-containers/containers.json", $$"""[{"id":"{{Container}}","names":["c1"],"image":"{{Image}}","layer":"{{Writable}}"}]""")
            .WithFile($"{root}/overlay-images/images.json", $$"""[{"id":"{{Image}}","names":["localhost/app:1"],"layer":"{{Top}}"}]""");
    }

    /// <summary>Gives the layers the lists of ids that containers/storage 1.63 writes; without short names, as of new layers.</summary>
    public static TemporaryTree WithLowerLayers(this TemporaryTree tree, string root, bool keepsShortNames)
    {
        tree.WithFile($"{root}/overlay/{Top}/lower-layers", Base).WithFile($"{root}/overlay/{Writable}/lower-layers", $"{Top}:{Base}");
        if (keepsShortNames)
            return tree;
        Directory.Delete(tree[$"{root}/overlay/l"], recursive: true);
        foreach (string layer in (string[])[Base, Top, Writable])
        {
            File.Delete(tree[$"{root}/overlay/{layer}/link"]);
            File.Delete(tree[$"{root}/overlay/{layer}/lower"]);
        }

        return tree;
    }

    /// <summary>A layer directory with its short link.</summary>
    public static TemporaryTree WithLayer(this TemporaryTree tree, string root, string id, params string[] below)
    {
        tree.WithDirectory($"{root}/overlay/{id}/diff").WithDirectory($"{root}/overlay/{id}/work").WithFile($"{root}/overlay/{id}/link", Name(id))
            .WithLink($"{root}/overlay/l/{Name(id)}", $"../{id}/diff");
        return below.Length == 0 ? tree : tree.WithFile($"{root}/overlay/{id}/lower", string.Join(':', below.Select(layer => $"l/{Name(layer)}")));
    }

    public static ContainersStorageStore Read(TemporaryTree tree, string root, params string[] imageStores) => ContainersStorageStore.Read(
        new StoreLocation(LayerStoreKind.ContainersStorage, BytePath.FromText("/" + root)) { ImageStores = [.. imageStores.Select(BytePath.FromText)] },
        new StoreReadOptions { HostRoot = tree.Path },
        TestContext.Current.CancellationToken);
}
