using Overlay2.Storage.Bytes;
using Overlay2.Storage.MountOptions;
using Overlay2.Storage.Simulation;

namespace Overlay2.Storage.Benchmarks.Simulator;

/// <summary>The lower layers of a measurement, topmost first, and the options of the mount.</summary>
internal static class SampleLayers
{
    /// <summary>The same on every host, whatever the parameters of its module say.</summary>
    public static OverlayMountOptions Options { get; } = OverlayMountOptions.Empty
        .WithAppended(OverlayOption.FromText("redirect_dir", "on"))
        .WithAppended(OverlayOption.FromText("index", "off"))
        .WithAppended(OverlayOption.FromText("metacopy", "off"));

    public static LayerTree[] Make(int seed)
    {
        var random = new Random(seed);
        return [MakeLayer(random), MakeLayer(random)];
    }

    private static LayerTree MakeLayer(Random random)
    {
        List<LayerEntry> entries = [];
        for (int i = 0; i < OperationMix.Directories; i++)
        {
            string directory = FormattableString.Invariant($"d{i}");
            entries.Add(MakeDirectory(directory));
            for (int j = 0; j < OperationMix.Names; j++)
            {
                string path = FormattableString.Invariant($"{directory}/n{j}");
                if (random.Next(3) == 0)
                    continue;
                if (random.Next(3) != 0)
                {
                    entries.Add(MakeFile(path, random));
                    continue;
                }

                entries.Add(MakeDirectory(path));
                for (int k = random.Next(4); k >= 0; k--)
                    entries.Add(MakeFile(FormattableString.Invariant($"{path}/n{k}"), random));
            }
        }

        return LayerTree.Of(entries);
    }

    private static LayerEntry MakeDirectory(string path) =>
        new() { Path = BytePath.FromText(path), Type = FileType.Directory, Mode = 0b111_101_101 };

    private static LayerEntry MakeFile(string path, Random random)
    {
        byte[] content = new byte[random.Next(OperationMix.LargestFile)];
        random.NextBytes(content);
        return new LayerEntry
        {
            Path = BytePath.FromText(path),
            Type = FileType.Regular,
            Mode = 0b110_100_100,
            Size = content.Length,
            Content = [new LayerData(0, content)],
        };
    }
}
