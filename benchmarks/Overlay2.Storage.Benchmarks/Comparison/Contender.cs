using Overlay2.Storage.Benchmarks.Passes;
using Overlay2.Storage.Benchmarks.Workloads;

namespace Overlay2.Storage.Benchmarks.Comparison;

/// <summary>A way to read a text, of the library or of a peer.</summary>
/// <param name="Name">Its name in the report.</param>
/// <param name="Pass">Reads the text once; throws <see cref="FormatException"/> where it can not.</param>
internal sealed record Contender(string Name, Func<Workload, long> Pass)
{
    public const string NewlineSearch = "newline search";
    public const string AllFields = "all fields";
    public const string MountPointAndType = "mount point and type";
    public const string OverlayDirectories = "overlay directories";
    public const string OverlayLayers = "overlay layers";
    public const string OptionsAndLayers = "options and layers";
    public const string SpanIndexOf = "span IndexOf";
    public const string SpanIndexOfOptions = "span IndexOf, options and layers";
    public const string LineSplit = "ReadLine and Split";
    public const string LibMount = "libmount";

    /// <summary>All that can run on this host.</summary>
    public static Contender[] All()
    {
        var all = new List<Contender>
        {
            new(NewlineSearch, Peers.NewlineSearch.Lines),
            new(AllFields, ReaderPasses.AllFields),
            new(MountPointAndType, ReaderPasses.MountPointAndType),
            new(OverlayDirectories, ReaderPasses.OverlayDirectoriesOfLines),
            new(OverlayLayers, ReaderPasses.OverlayLayersOfLines),
            new(OptionsAndLayers, ReaderPasses.OptionsAndLayers),
            new(SpanIndexOf, Peers.SpanIndexOf.AllFields),
            new(SpanIndexOfOptions, Peers.SpanIndexOf.OptionsAndLayers),
            new(LineSplit, Peers.LineSplit.AllFields),
        };
        if (Peers.LibMount.IsAvailable)
            all.Add(new(LibMount, Peers.LibMount.AllFields));
        return [.. all];
    }
}
