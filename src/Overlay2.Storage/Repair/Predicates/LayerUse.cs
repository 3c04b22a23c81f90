using System.Buffers;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.MountOptions;
using Overlay2.Storage.Mounts;

namespace Overlay2.Storage.Repair.Predicates;

/// <summary>Finds mounts that use a layer, as upper or lower directory, or that are in its directory.</summary>
internal static class LayerUse
{
    private static readonly SearchValues<byte> s_plain = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_."u8);

    /// <summary>The first such mount, for showing; <see langword="null"/> if there is none.</summary>
    public static string? Find(LayerUnusedPredicate layer, IEnumerable<MountTable> tables)
    {
        BytePath directory = layer.Layer;
        BytePath home = layer.Home;
        BytePath[] links = [.. layer.ShortNames.Select(name => home.Combine(BytePath.FromText("l")).Combine(new BytePath(name)))];
        foreach (MountTable table in tables)
        {
            foreach (MountEntry mount in table.Entries)
            {
                if (mount.MountPoint.StartsWith(directory) || (mount.IsOverlay && MayUse(mount, layer) && Uses(mount, layer, path => path.StartsWith(directory) || links.Any(path.StartsWith))))
                    return $"{mount.FileSystemType} on {mount.MountPoint}";
            }
        }

        return null;
    }

    /// <summary>Options are long, and taking them apart costs; names without anything to escape stand in them as they are.</summary>
    private static bool MayUse(MountEntry mount, LayerUnusedPredicate layer)
    {
        ReadOnlySpan<byte> id = layer.Layer.FileName.Span;
        if (id.ContainsAnyExcept(s_plain))
            return true;
        ReadOnlySpan<byte> options = mount.SuperOptions.Span;
        if (options.IndexOf(id) >= 0)
            return true;
        foreach (ByteString name in layer.ShortNames)
        {
            if (options.IndexOf(name.Span) >= 0 || name.Span.ContainsAnyExcept(s_plain))
                return true;
        }

        return false;
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
