using Overlay2.Storage.Bytes;
using Overlay2.Storage.Simulation;

namespace Overlay2.Storage.KernelTests.Simulation;

/// <summary>What is in the overlay at present, so that calls hit something: seen through a preview, which changes nothing.</summary>
internal sealed class LiveNames
{
    private static readonly string[] s_names = ["a", "b", "c", "d"];

    private readonly List<string> _directories = [""];
    private readonly List<string> _files = [];
    private readonly List<string> _links = [];

    public static LiveNames Of(OverlaySimulator simulator)
    {
        var names = new LiveNames();
        simulator.Preview(s =>
        {
            names.Add(s, default);
            return 0;
        });
        return names;
    }

    /// <summary>Mostly something of a fitting kind, now and then anything.</summary>
    public string Pick(Random random, FileType? wanted)
    {
        List<string> fitting = wanted switch
        {
            FileType.Directory => _directories,
            FileType.Regular => _files,
            FileType.SymbolicLink => _links,
            _ => random.Next(3) switch { 0 => _directories, 1 => _links, _ => _files },
        };
        if (random.Next(10) > 0 && fitting.Count > 0)
            return fitting[random.Next(fitting.Count)] is { Length: > 0 } path ? path : "a";
        return LiveOperation.RandomPath(random);
    }

    /// <summary>Mostly a name in a directory that is there.</summary>
    public string PickNew(Random random)
    {
        if (random.Next(8) == 0)
            return Pick(random, null);
        string directory = _directories[random.Next(_directories.Count)], name = s_names[random.Next(s_names.Length)] + (random.Next(2) == 0 ? "" : "x");
        return directory.Length == 0 ? name : directory + "/" + name;
    }

    private void Add(OverlaySimulator simulator, BytePath path)
    {
        OperationResult<IReadOnlyList<DirectoryEntry>> entries = simulator.ReadDirectory(path);
        if (!entries.IsSuccess)
            return;
        foreach (DirectoryEntry entry in entries.Value.OrderBy(e => e.Name))
        {
            BytePath child = path.Combine(new BytePath(entry.Name));
            (entry.Type switch { FileType.Directory => _directories, FileType.SymbolicLink => _links, _ => _files }).Add(child.ToString());
            if (entry.Type == FileType.Directory)
                Add(simulator, child);
        }
    }
}
