using Overlay2.Storage.Bytes;
using Overlay2.Storage.MountOptions;
using Overlay2.Storage.Mounts;

namespace Overlay2.Storage.Repair.Predicates;

/// <summary>Finds mounts that use a layer, as upper or lower directory, or that are in its directory.</summary>
internal static class LayerUse
{
    /// <summary>The first such mount, for showing; <see langword="null"/> if there is none.</summary>
    public static string? Find(LayerUnusedPredicate layer, IReadOnlyCollection<MountTable> tables, NamedMounts named)
    {
        BytePath directory = layer.Layer;
        BytePath[] links = [.. layer.ShortNames.Select(name => layer.Home.Combine(BytePath.FromText("l")).Combine(new BytePath(name)))];
        foreach (MountEntry mount in named.Find(tables, [directory.FileName, .. layer.ShortNames]))
        {
            if (mount.MountPoint.StartsWith(directory) || (mount.IsOverlay && Uses(mount, layer, path => path.StartsWith(directory) || links.Any(path.StartsWith))))
                return $"{mount.FileSystemType} on {mount.MountPoint}";
        }

        return null;
    }

    /// <summary>A relative path is shown as it was given: by some engines from the driver home, by containerd from the directory that holds the layers.</summary>
    private static bool Uses(MountEntry mount, LayerUnusedPredicate layer, Func<BytePath, bool> isOfLayer)
    {
        var options = OverlayMountOptions.Parse(mount.SuperOptions.Span);
        return Uses(options.Resolve(layer.Home), isOfLayer) || (layer.Layer.TryGetParent(out BytePath layers) && layers != layer.Home && Uses(options.Resolve(layers), isOfLayer));
    }

    private static bool Uses(OverlayMountOptions options, Func<BytePath, bool> isOfLayer)
    {
        return options.Layers.Any(layer => isOfLayer(layer.Path.WithoutDots())) || (options.Upper is { } upper && isOfLayer(upper.Path.WithoutDots())) || (options.Work is { } work && isOfLayer(work.Path.WithoutDots()));
    }
}
