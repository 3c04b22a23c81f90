using System.Globalization;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Kernel;
using Overlay2.Storage.MountOptions;
using Overlay2.Storage.Simulation.Backing;

namespace Overlay2.Storage.Simulation.Merging;

/// <summary>The directories of a mount.</summary>
/// <param name="Upper">The upper directory, or none.</param>
/// <param name="Work">The work directory, with an upper.</param>
/// <param name="Lowers">The merged lowers, topmost first.</param>
/// <param name="Data">The data-only lowers.</param>
internal sealed record MountLayers(BackingInode? Upper, BackingInode? Work, IReadOnlyList<BackingInode> Lowers, IReadOnlyList<BackingInode> Data)
{
    /// <summary>Whether a kernel has mounted them already, so that upper and work need no preparation.</summary>
    public bool AreMounted { get; init; }

    /// <summary>What a kernel makes of options for these directories, which are given names for it.</summary>
    /// <param name="others">The options that name no directories.</param>
    /// <param name="profile">The kernel.</param>
    public EffectiveOptions Resolve(IEnumerable<OverlayOption> others, KernelProfile profile)
    {
        var layout = new LayerLayout();
        List<BackingFileSystem> fileSystems = [];
        BytePath Name(string name, BackingInode inode)
        {
            if (!fileSystems.Contains(inode.FileSystem))
                fileSystems.Add(inode.FileSystem);
            BytePath path = BytePath.FromText("/" + name);
            layout = layout.With(path, Describe(inode, (ulong)fileSystems.IndexOf(inode.FileSystem)));
            return path;
        }

        List<BytePath> lowers = [.. Lowers.Select((inode, i) => Name("l" + i.ToString(CultureInfo.InvariantCulture), inode))];
        List<BytePath> data = [.. Data.Select((inode, i) => Name("d" + i.ToString(CultureInfo.InvariantCulture), inode))];
        BytePath? upper = Upper is { } root ? Name("u", root) : null;
        BytePath? work = Work is { } directory ? Name("w", directory) : null;
        OverlayMountOptions options = others.Aggregate(
            OverlayMountOptions.Create(lowers, upper, work, data), static (options, option) => options.WithAppended(option));
        return EffectiveOptions.Resolve(options, profile, layout);
    }

    private static LayerDirectory Describe(BackingInode inode, ulong fileSystem) => new()
    {
        FileSystem = inode.FileSystem.Describe(fileSystem),
        Marks = [.. inode.ExtendedAttributes.Items.Select(static item => item.Key).Where(static key => key.Span.IndexOf("overlay."u8) > 0)],
    };
}
