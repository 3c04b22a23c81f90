using Overlay2.Storage.Bytes;
using Overlay2.Storage.MountOptions;
using Overlay2.Storage.Mounts;

namespace Overlay2.Storage.Repair;

/// <summary>Finds mounts that use a layer, as upper or lower directory, or that are in its directory.</summary>
internal static class LayerUse
{
    /// <summary>The first such mount, for showing; <see langword="null"/> if there is none.</summary>
    public static string? Find(LayerUnusedPredicate layer, IEnumerable<MountTable> tables)
    {
        BytePath directory = layer.Layer;
        BytePath home = layer.Home;
        HashSet<BytePath> links = [.. layer.ShortNames.Select(name => home.Combine(BytePath.FromText("l")).Combine(new BytePath(name)))];
        foreach (MountTable table in tables)
        {
            foreach (MountEntry mount in table.Entries)
            {
                if (mount.MountPoint.StartsWith(directory) || (mount.IsOverlay && Uses(mount, home, path => path.StartsWith(directory) || links.Contains(path))))
                    return $"{mount.FileSystemType} on {mount.MountPoint}";
            }
        }

        return null;
    }

    private static bool Uses(MountEntry mount, BytePath home, Func<BytePath, bool> isOfLayer)
    {
        OverlayMountOptions options = OverlayMountOptions.Parse(mount.SuperOptions.Span).Resolve(home);
        return options.Layers.Any(layer => isOfLayer(layer.Path)) || (options.Upper is { } upper && isOfLayer(upper.Path)) || (options.Work is { } work && isOfLayer(work.Path));
    }
}
