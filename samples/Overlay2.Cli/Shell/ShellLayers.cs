using System.Globalization;
using System.Text;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Kernel;
using Overlay2.Storage.MountOptions;
using Overlay2.Storage.Simulation;
using Overlay2.Storage.Snapshots;

namespace Overlay2.Cli.Shell;

/// <summary>Layers in memory from a file of lines.</summary>
internal static class ShellLayers
{
    private const int LargestFile = 1 << 28;
    private const int LongestList = 16 << 20;

    /// <exception cref="InputException">The layers or options make no mount.</exception>
    public static OverlaySimulator Mount(string? file, string options, string disk, KernelProfile profile)
    {
        SortedDictionary<string, LayerTree> trees = new(StringComparer.Ordinal) { ["u0"] = LayerTree.Empty };
        if (file is null)
            trees["l0"] = LayerTree.Empty;
        else
            Read(file, trees);
        (SimulatedFileSystemKind kind, long? blocks) = Disk(disk);
        var lower = new SimulatedFileSystem(kind);
        SimulatedFileSystem upper = blocks is null ? lower : new SimulatedFileSystem(kind, blocks);
        try
        {
            var setup = new SimulationSetup
            {
                Lowers = [.. trees.Where(static tree => tree.Key[0] == 'l').Select(tree => new SimulatedLayer(tree.Value, lower))],
                Upper = new SimulatedLayer(trees["u0"], upper),
                Options = OverlayMountOptions.ParseMountData(Encoding.UTF8.GetBytes(options)),
                Profile = profile,
            };
            LinuxError error = OverlaySimulator.TryMount(setup, out OverlaySimulator? simulator);
            return simulator ?? throw new InputException($"The mount answers {error}.");
        }
        catch (LayerException e)
        {
            throw new InputException(e.Message, e);
        }
    }

    private static (SimulatedFileSystemKind Kind, long? Blocks) Disk(string text)
    {
        string[] parts = text.Split(':');
        SimulatedFileSystemKind kind = parts[0] switch
        {
            "ext4" => SimulatedFileSystemKind.Ext4,
            "xfs" => SimulatedFileSystemKind.Xfs,
            "tmpfs" => SimulatedFileSystemKind.Tmpfs,
            _ => throw new UsageException($"{parts[0]} is no file system that is simulated; ext4, xfs and tmpfs are."),
        };
        if (parts.Length == 1)
            return (kind, null);
        return long.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out long blocks)
            ? (kind, blocks)
            : throw new UsageException($"{parts[1]} is no number of blocks.");
    }

    private static void Read(string file, SortedDictionary<string, LayerTree> trees)
    {
        int number = 0;
        try
        {
            foreach (string line in Encoding.UTF8.GetString(InputFile.Read(BytePath.FromText(file), LongestList)).Split('\n'))
            {
                number++;
                string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
                if (words.Length == 0 || words[0][0] == '#')
                    continue;
                if (words.Length < 3 || words[0] is not (['l', ..] or "u0"))
                    throw new InputException($"{file}, line {number}: a layer, a kind and a path are needed.");
                LayerTree tree = trees.GetValueOrDefault(words[0], LayerTree.Empty);
                trees[words[0]] = Add(tree, words[1], words[2..]) ?? throw new InputException($"{file}, line {number}: \"{line}\" makes nothing.");
            }
        }
        catch (Exception e) when (e is InputFileException or ArgumentException)
        {
            throw new InputException(number == 0 ? e.Message : $"{file}, line {number}: {e.Message}", e);
        }
    }

    private static LayerTree? Add(LayerTree tree, string kind, string[] words) => (kind, words) switch
    {
        ("dir", [var path]) => tree.WithDirectory(path),
        ("file", [var path, var size]) when int.TryParse(size, NumberStyles.None, CultureInfo.InvariantCulture, out int length) && length <= LargestFile => tree.WithFile(path, new byte[length]),
        ("symlink", [var path, var target]) => tree.WithSymbolicLink(path, target),
        ("hardlink", [var path, var first]) => tree.WithHardLink(path, first),
        ("whiteout", [var path]) => tree.WithWhiteout(path),
        ("mark", [var path, var name, var value]) => tree.WithExtendedAttribute(path == "." ? "" : path, name, Encoding.UTF8.GetBytes(value)),
        _ => null,
    };
}
