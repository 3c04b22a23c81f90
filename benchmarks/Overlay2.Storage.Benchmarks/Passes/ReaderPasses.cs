using System.Buffers;
using System.IO.Pipelines;
using Overlay2.Storage.Benchmarks.Workloads;
using Overlay2.Storage.MountOptions;
using Overlay2.Storage.Mounts;

namespace Overlay2.Storage.Benchmarks.Passes;

/// <summary>One pass of the library over a text; each answers with a sum over what it read.</summary>
internal static class ReaderPasses
{
    /// <summary>Every field of every line, numbers decoded.</summary>
    public static long AllFields(Workload workload)
    {
        long sum = 0;
        var reader = new MountInfoReader(workload.Text);
        while (reader.Read())
        {
            sum += reader.MountId + reader.ParentId + reader.Major + reader.Minor;
            sum += reader.Root.Length + reader.MountPoint.Length + reader.Options.Length + reader.OptionalFields.Length;
            sum += reader.FileSystemType.Length + reader.Source.Length + reader.SuperOptions.Length;
        }

        return sum;
    }

    public static long MountPointAndType(Workload workload)
    {
        long sum = 0;
        var reader = new MountInfoReader(workload.Text);
        while (reader.Read())
            sum += reader.MountPoint.Length + reader.FileSystemType.Length;
        return sum;
    }

    /// <summary>The lowerdir, upperdir and workdir of every overlay line.</summary>
    public static long OverlayDirectoriesOfLines(Workload workload)
    {
        long sum = 0;
        var reader = new MountInfoReader(workload.Text);
        while (reader.ReadOverlay())
        {
            var directories = OverlayDirectories.Find(reader.SuperOptions);
            sum += directories.LowerDirectories.Length + directories.UpperDirectory.Length + directories.WorkDirectory.Length;
        }

        return sum;
    }

    /// <summary>The same, with every layer of lowerdir.</summary>
    public static long OverlayLayersOfLines(Workload workload)
    {
        long sum = 0;
        var reader = new MountInfoReader(workload.Text);
        while (reader.ReadOverlay())
        {
            var directories = OverlayDirectories.Find(reader.SuperOptions);
            sum += directories.UpperDirectory.Length + directories.WorkDirectory.Length;
            var layers = new OverlayLayerReader(directories.LowerDirectories);
            while (layers.Read())
                sum += layers.Path.Length;
        }

        return sum;
    }

    /// <summary>Every option, and every layer of those that name layers; the lines were found before.</summary>
    public static long OptionsAndLayers(Workload workload)
    {
        long sum = 0;
        foreach (Range overlay in workload.OverlayOptions)
        {
            var options = new OverlayOptionReader(workload.Text.AsSpan(overlay));
            while (options.Read())
            {
                sum += options.Name.Length;
                OverlayLayerReader layers = options.GetLayers();
                while (layers.Read())
                    sum += layers.Path.Length;
            }
        }

        return sum;
    }

    /// <summary>The model of the options of every overlay line; the lines were found before.</summary>
    public static long ParseOptions(Workload workload)
    {
        long sum = 0;
        foreach (Range overlay in workload.OverlayOptions)
            sum += OverlayMountOptions.Parse(workload.Text.AsSpan(overlay)).Options.Length;
        return sum;
    }

    /// <summary>The mount point of every line of a pipe that hands over these pieces.</summary>
    public static async Task<long> PipeAsync(ReadOnlySequence<byte> pieces)
    {
        long sum = 0;
        PipeReader pipe = PipeReader.Create(pieces);
        await new MountInfoPipeReader(pipe).ReadAsync((scoped in MountInfoReader line) => sum += line.MountPoint.Length).ConfigureAwait(false);
        return sum;
    }
}
