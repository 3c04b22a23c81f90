using System.Globalization;
using System.Text.Json;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Simulation.Backing;
using Overlay2.Storage.Simulation.Merging;

namespace Overlay2.Storage.Simulation.Scenarios;

/// <summary>The file systems and layer directories of one scenario, and the names it gives to objects.</summary>
internal sealed class ScenarioWorld
{
    /// <summary>The size of a tmpfs without a stated limit: 256 MiB.</summary>
    private const long PlainTmpfsBlocks = 65536;

    private readonly Dictionary<string, BackingFileSystem> _fileSystems = [];
    private readonly Dictionary<(BackingFileSystem FileSystem, ulong Number), string> _labels = [];
    private readonly HashSet<BackingInode> _pinned = [];
    private readonly KernelRules _rules;

    public ScenarioWorld(JsonElement config, JsonElement layers, TimeProvider time, KernelRules rules, ScenarioBudget budget)
    {
        _rules = rules;
        Clock = new SimulationClock(time);
        foreach (JsonProperty entry in config.GetProperty("fs").EnumerateObject())
            _fileSystems[entry.Name] = MakeFileSystem(ScenarioJson.GetText(entry.Value), entry.Name);
        Dictionary<string, string> letters = [];
        foreach (JsonElement lower in config.GetProperty("lowers").EnumerateArray())
            Lowers.Add(ReadName(lower, letters));
        if (config.TryGetProperty("data", out JsonElement data))
        {
            foreach (JsonElement layer in data.EnumerateArray())
                Data.Add(ReadName(layer, letters));
        }

        JsonElement upper = config.GetProperty("upper");
        if (upper.ValueKind == JsonValueKind.Object)
        {
            Upper = ReadName(upper, letters);
            UpperFileSystem = _fileSystems[letters[Upper]];
        }

        HasSeveralFileSystems = letters.Values.Distinct(StringComparer.Ordinal).Count() > 1;
        foreach (JsonProperty layer in layers.EnumerateObject())
            Layers[layer.Name] = LayerBuilder.Build(_fileSystems[letters[layer.Name]], ScenarioLayer.Read(layer.Value, budget));
        foreach ((string name, BackingInode root) in Layers)
            NoteTree(name, root, pin: name == Upper);
    }

    public SimulationClock Clock { get; }

    public Journal Journal { get; } = new();

    /// <summary>The names of the lower layers, topmost first.</summary>
    public List<string> Lowers { get; } = [];

    public List<string> Data { get; } = [];

    public string? Upper { get; set; }

    public string? Work { get; set; }

    public BackingFileSystem? UpperFileSystem { get; }

    public bool HasSeveralFileSystems { get; }

    /// <summary>Layers and work directories by name.</summary>
    public Dictionary<string, BackingInode> Layers { get; } = [];

    /// <summary>Makes an empty directory for an upper or work layer.</summary>
    public BackingInode AddDirectory(string name, int umask)
    {
        BackingInode root = UpperFileSystem!.NewRoot();
        root.Mode = Permissions.Access & ~umask;
        Layers[name] = root;
        return root;
    }

    public string LetterOf(BackingFileSystem fileSystem) => _fileSystems.First(item => item.Value == fileSystem).Key;

    /// <summary>Names an object if it has no name yet.</summary>
    public void Note(BackingInode inode, string label) => _labels.TryAdd((inode.FileSystem, inode.Number), label);

    /// <summary>Keeps an object alive to the end of the scenario, as the recorder does with what it saw.</summary>
    public void Pin(BackingInode inode)
    {
        if (_pinned.Add(inode))
            BackingFileSystem.Pin(inode);
    }

    public string? LabelOf(BackingInode inode) => LabelOf(inode.FileSystem, inode.Number);

    public string? LabelOf(BackingFileSystem fileSystem, ulong number) => _labels.GetValueOrDefault((fileSystem, number));

    /// <summary>The file system with a UUID, or <paramref name="otherwise"/>.</summary>
    public BackingFileSystem FindFileSystem(ReadOnlySpan<byte> uuid, BackingFileSystem otherwise)
    {
        foreach (BackingFileSystem candidate in _fileSystems.Values)
        {
            if (candidate.Uuid.Span.SequenceEqual(uuid))
                return candidate;
        }

        return otherwise;
    }

    private BackingFileSystem MakeFileSystem(string type, string letter)
    {
        if (letter.Length != 1)
            throw new ScenarioFormatException("A file system is named by one letter, not " + letter + ".");
        byte[] uuid = new byte[16];
        uuid[0] = 0x11;
        uuid[15] = (byte)letter[0];
        string[] parts = type.Split(':');
        SimulatedFileSystemKind kind = parts[0] switch
        {
            "ext4" => SimulatedFileSystemKind.Ext4,
            "xfs" => SimulatedFileSystemKind.Xfs,
            "tmpfs" => SimulatedFileSystemKind.Tmpfs,
            _ => throw new ScenarioFormatException("Unknown file system " + parts[0] + "."),
        };
        long? limit = parts.Length > 1 ? long.Parse(parts[1], CultureInfo.InvariantCulture)
            : kind == SimulatedFileSystemKind.Tmpfs ? PlainTmpfsBlocks
            : null;
        return _rules.NewFileSystem(new SimulatedFileSystem(kind, limit), uuid, Clock, Journal);
    }

    private static string ReadName(JsonElement layer, Dictionary<string, string> letters)
    {
        string name = ScenarioJson.GetText(layer.GetProperty("name"));
        if (name.Length == 0 || name[0] == 'w' || name.Contains('/', StringComparison.Ordinal))
            throw new ScenarioFormatException("A layer cannot have the name " + name + ".");
        if (!letters.TryAdd(name, ScenarioJson.GetText(layer.GetProperty("fs"))))
            throw new ScenarioFormatException("Two layers have the name " + name + ".");
        return name;
    }

    private void NoteTree(string name, BackingInode root, bool pin)
    {
        foreach ((ByteString path, BackingInode inode) in TreeWalk.Of(root))
        {
            Note(inode, name + ":" + path);
            if (pin)
                Pin(inode);
        }
    }
}
