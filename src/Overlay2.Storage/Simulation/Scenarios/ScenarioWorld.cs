using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Kernel;
using Overlay2.Storage.MountOptions;
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

    public ScenarioWorld(JsonElement config, JsonElement layers, TimeProvider time, KernelRules rules)
    {
        _rules = rules;
        Clock = new SimulationClock(time);
        foreach (JsonProperty entry in config.GetProperty("fs").EnumerateObject())
            _fileSystems.Add(entry.Name, MakeFileSystem(entry.Value.GetString()!, entry.Name));
        Dictionary<string, string> letters = [];
        foreach (JsonElement lower in config.GetProperty("lowers").EnumerateArray())
            AddName(lower, Lowers, letters);
        if (config.TryGetProperty("data", out JsonElement data))
        {
            foreach (JsonElement layer in data.EnumerateArray())
                AddName(layer, Data, letters);
        }

        JsonElement upper = config.GetProperty("upper");
        if (upper.ValueKind == JsonValueKind.Object)
        {
            List<string> uppers = [];
            AddName(upper, uppers, letters);
            Upper = uppers[0];
            UpperFileSystem = _fileSystems[letters[Upper]];
        }

        HasSeveralFileSystems = letters.Values.Distinct(StringComparer.Ordinal).Count() > 1;
        foreach (JsonProperty layer in layers.EnumerateObject())
            Layers.Add(layer.Name, Build(_fileSystems[letters[layer.Name]], layer.Value));
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

    /// <summary>What mounting needs to know of the file system of a layer.</summary>
    public LayerFileSystem Describe(string name)
    {
        BackingFileSystem fileSystem = Layers[name].FileSystem;
        return new LayerFileSystem
        {
            Id = LetterOf(fileSystem)[0],
            Type = fileSystem.Kind switch { BackingFileSystemKind.Ext4 => "ext4", BackingFileSystemKind.Xfs => "xfs", _ => "tmpfs" },
            HasUserXattr = fileSystem.HoldsUserAttributes,
        };
    }

    /// <summary>The overlay's marks on the root of a layer.</summary>
    public ImmutableArray<ByteString> MarksOf(string name) =>
        [.. Layers[name].ExtendedAttributes.Items.Select(static item => item.Key).Where(static key => key.Span.IndexOf("overlay."u8) > 0)];

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
        byte[] uuid = new byte[16];
        uuid[0] = 0x11;
        uuid[15] = (byte)letter[0];
        string[] parts = type.Split(':');
        BackingFileSystemKind kind = parts[0] switch
        {
            "ext4" => BackingFileSystemKind.Ext4,
            "xfs" => BackingFileSystemKind.Xfs,
            "tmpfs" => BackingFileSystemKind.Tmpfs,
            _ => throw new ScenarioFormatException("Unknown file system " + parts[0] + "."),
        };
        long? limit = parts.Length > 1 ? long.Parse(parts[1], CultureInfo.InvariantCulture)
            : kind == BackingFileSystemKind.Tmpfs ? PlainTmpfsBlocks
            : null;
        return new BackingFileSystem(kind, uuid, limit, Clock, Journal)
        {
            HoldsUserAttributes = kind != BackingFileSystemKind.Tmpfs || _rules.TmpfsHasUserAttributes,
            SocketsHoldUserAttributes = _rules.SocketsHaveUserAttributes,
            AllocationKeepsTime = _rules.AllocationKeepsTime,
        };
    }

    private static void AddName(JsonElement layer, List<string> names, Dictionary<string, string> letters)
    {
        string name = layer.GetProperty("name").GetString()!;
        names.Add(name);
        letters.Add(name, layer.GetProperty("fs").GetString()!);
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

    private static BackingInode Build(BackingFileSystem fileSystem, JsonElement entries)
    {
        BackingInode root = fileSystem.NewRoot();
        List<(BackingInode Inode, long Access, long Modification)> times = [];
        foreach (JsonElement entry in entries.EnumerateArray())
        {
            var path = new BytePath(ScenarioJson.GetBytes(entry.GetProperty("p")));
            string type = entry.GetProperty("t").GetString()!;
            BackingInode inode = root;
            if (!path.IsEmpty)
            {
                BackingInode parent = path.TryGetParent(out BytePath above) ? TreeWalk.Find(root, above) : root;
                if (type == "hardlink")
                {
                    fileSystem.Link(TreeWalk.Find(root, new BytePath(ScenarioJson.GetBytes(entry.GetProperty("to")))), parent, path.FileName);
                    continue;
                }

                inode = fileSystem.Create(parent, path.FileName, Describe(type, entry));
            }

            FillIn(fileSystem, inode, type, entry);
            times.Add((inode, entry.GetProperty("at").GetInt64(), entry.GetProperty("mt").GetInt64()));
        }

        foreach ((BackingInode inode, long access, long modification) in times)
            fileSystem.SetTimes(inode, access, modification);
        return root;
    }

    private static NewObject Describe(string type, JsonElement entry)
    {
        DeviceNumber device = default;
        if (entry.TryGetProperty("rdev", out JsonElement number))
            device = new DeviceNumber(number[0].GetInt32(), number[1].GetInt32());
        return new NewObject
        {
            Type = ScenarioNames.TypeOf(type),
            Device = device,
            LinkTarget = type == "lnk" ? ScenarioJson.GetBytes(entry.GetProperty("to")) : default,
        };
    }

    private static void FillIn(BackingFileSystem fileSystem, BackingInode inode, string type, JsonElement entry)
    {
        if (type == "reg")
            WriteContent(fileSystem, inode, entry);
        fileSystem.SetOwner(inode, entry.GetProperty("u").GetUInt32(), entry.GetProperty("g").GetUInt32());
        if (inode.Type != FileType.SymbolicLink)
            fileSystem.SetMode(inode, ScenarioNames.Octal(entry.GetProperty("m")));
        if (!entry.TryGetProperty("x", out JsonElement attributes))
            return;
        foreach (JsonProperty attribute in attributes.EnumerateObject())
        {
            ByteString name = ByteString.FromText(attribute.Name);
            byte[] value = Convert.FromHexString(attribute.Value.GetString()!);
            LinuxError error = PosixAcl.IsAclName(name)
                ? fileSystem.SetAcl(inode, name, value)
                : fileSystem.SetExtendedAttribute(inode, name, value);
            if (error != LinuxError.OK)
                throw new ScenarioFormatException("The attribute " + name + " cannot be set on " + type + ": " + error + ".");
        }
    }

    private static void WriteContent(BackingFileSystem fileSystem, BackingInode inode, JsonElement entry)
    {
        if (entry.TryGetProperty("text", out JsonElement text))
        {
            Write(0, ScenarioJson.GetBytes(text).Span);
            return;
        }

        long size = entry.GetProperty("size").GetInt64();
        if (entry.TryGetProperty("nodata", out JsonElement none) && none.GetBoolean())
        {
            fileSystem.SetSize(inode, size, always: false);
            return;
        }

        byte[] data = FillPattern.Make(entry.GetProperty("seed").GetInt64(), size);
        if (entry.TryGetProperty("hole", out JsonElement hole))
        {
            int start = hole[0].GetInt32();
            int end = start + hole[1].GetInt32();
            Write(0, data.AsSpan(0, start));
            if (end < data.Length)
                Write(end, data.AsSpan(end));
            fileSystem.SetSize(inode, size, always: false);
            return;
        }

        Write(0, data);

        void Write(long offset, ReadOnlySpan<byte> bytes)
        {
            fileSystem.Write(inode, offset, bytes, out int written);
            if (written != bytes.Length)
                throw new ScenarioFormatException("A layer does not fit into its file system.");
        }
    }
}
