using System.Globalization;
using System.Text.Json;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Kernel;
using Overlay2.Storage.MountOptions;
using Overlay2.Storage.Simulation.Backing;
using Overlay2.Storage.Simulation.Merging;

namespace Overlay2.Storage.Simulation.Scenarios;

/// <summary>Plays one scenario: builds the layers, mounts, makes the calls, and writes what the kernel would have answered.</summary>
internal sealed partial class ScenarioRun
{
    private readonly JsonElement _scenario;
    private readonly ScenarioWorld _world;
    private readonly KernelProfile _profile;
    private readonly KernelRules _rules;
    private readonly TreeDump _dump;
    private readonly Utf8JsonWriter _writer;
    private readonly ScenarioBudget _budget = new();
    private readonly int _umask;
    private readonly VfsSettings _settings;
    private readonly Dictionary<string, Dictionary<ByteString, DumpEntry>> _seen = [];
    private readonly Dictionary<long, int> _descriptors = [];
    private readonly Dictionary<long, (int Number, long Size)> _mappings = [];
    private readonly Dictionary<long, ByteString> _handles = [];
    private MountFeatures _features = new();
    private OverlaySimulator? _simulator;
    private int _generation;
    private int _operation = -1;
    private int _uppers = 1;

    public ScenarioRun(JsonElement scenario, KernelProfile? profile, TimeProvider time, Utf8JsonWriter writer)
    {
        _scenario = scenario;
        JsonElement config = scenario.GetProperty("config");
        _profile = ScenarioMount.Profile(scenario, profile);
        _rules = KernelRules.From(_profile);
        _world = new ScenarioWorld(config, scenario.GetProperty("layers"), time, _rules, _budget);
        bool userXattr = config.GetProperty("options").TryGetProperty("userxattr", out _);
        _dump = new TreeDump(_world, userXattr ? MarkNames.User : MarkNames.Trusted, _budget);
        _writer = writer;
        _umask = ScenarioNames.Octal(config.GetProperty("umask"));
        _settings = ReadSettings(config);
    }

    public void Run()
    {
        _writer.WriteStartObject();
        foreach (JsonProperty property in _scenario.EnumerateObject())
        {
            if (property.Name is not ("schema" or "id" or "kernel" or "args" or "config" or "layers"))
                continue;
            ScenarioJson.WriteJson(_writer, property.Name, property.Value.GetRawText());
        }

        if (_world.Upper is { } upper)
        {
            _seen[upper] = _dump.Dump(upper, null);
            MakeWork(umask: 0);
        }

        LinuxError error = Mount();
        _writer.WriteString("mount", error.ToString());
        WriteEffects("mountFx");
        _writer.WriteStartArray("ops");
        bool mounted = error == LinuxError.OK;
        foreach (JsonElement operation in _scenario.GetProperty("ops").EnumerateArray())
            mounted = mounted && Play(operation);
        _writer.WriteEndArray();
        _writer.WriteStartObject("final");
        if (mounted)
            Conclude();
        _writer.WriteEndObject();
        _writer.WriteEndObject();
    }

    private static VfsSettings ReadSettings(JsonElement config)
    {
        if (!config.TryGetProperty("sysctl", out JsonElement settings))
            return new VfsSettings();
        int Read(string name) => settings.TryGetProperty(name, out JsonElement value) ? int.Parse(ScenarioJson.GetText(value), CultureInfo.InvariantCulture) : 0;
        return new VfsSettings
        {
            ProtectedHardLinks = Read("protected_hardlinks") != 0,
            ProtectedSymbolicLinks = Read("protected_symlinks") != 0,
            ProtectedRegular = Read("protected_regular"),
            ProtectedFifos = Read("protected_fifos"),
        };
    }

    private void MakeWork(int umask)
    {
        string name = "w" + (_uppers - 1).ToString(CultureInfo.InvariantCulture);
        _world.Work = name;
        _world.AddDirectory(name, umask);
        _seen[name] = WithoutRoot(_dump.Dump(name, _operation));
    }

    private static Dictionary<ByteString, DumpEntry> WithoutRoot(Dictionary<ByteString, DumpEntry> entries)
    {
        entries.Remove(default);
        return entries;
    }

    /// <summary>Where in the scenario the run is, for messages.</summary>
    public string Place => _operation < 0 ? "before the first operation" : string.Create(CultureInfo.InvariantCulture, $"at operation {_operation}");

    private LinuxError Mount()
    {
        JsonElement config = _scenario.GetProperty("config");
        OverlayMountOptions options = ScenarioMount.Options(config);
        BackingInode? Find(string? name) => name is null ? null : _world.Layers[name];
        var layers = new MountLayers(
            Lowers: [.. _world.Lowers.Select(name => _world.Layers[name])],
            Data: [.. _world.Data.Select(name => _world.Layers[name])],
            Upper: Find(_world.Upper),
            Work: Find(_world.Work));
        EffectiveOptions effective = layers.Resolve(options.Options, _profile);
        if (effective.Error != LinuxError.OK)
        {
            // Before the new mount interface the kernel split lowerdir after it had made the work directory.
            if (_world.Work is { } work && !_profile.Supports(OverlayFeatures.NewMountApi) && effective.Refusal?.Rule == "lowerdir-syntax")
                _ = OverlayMount.MakeWork(_world.Layers[work], out _);
            return effective.Error;
        }

        _features = MountFeatures.From(effective, options);
        LinuxError error = OverlayMount.TryMount(layers, _features, _rules, _world.Clock, _world.Journal, out OverlayMount? mount);
        _simulator = mount is null ? null : new OverlaySimulator(mount, _world.Clock, _world.Journal, _settings, effective) { Umask = _umask };
        return error;
    }

    private bool Play(JsonElement operation)
    {
        _operation++;
        JsonElement arguments = operation.GetProperty("a");
        string name = ScenarioJson.GetText(operation.GetProperty("op"));
        uint? user = operation.TryGetProperty("as", out JsonElement id) ? id.GetUInt32() : null;
        _writer.WriteStartObject();
        _writer.WriteNumber("i", operation.TryGetProperty("i", out JsonElement index) ? index.GetInt32() : _operation);
        _writer.WriteString("op", name);
        ScenarioJson.WriteJson(_writer, "a", arguments.GetRawText());
        if (user is { } number)
            _writer.WriteNumber("as", number);
        bool mounted = true;
        if (name == "remount")
        {
            LinuxError error = Remount(arguments);
            _writer.WriteString("r", error.ToString());
            mounted = error == LinuxError.OK;
        }
        else
        {
            _simulator!.Caller = user is { } caller ? Credentials.User(caller) : Credentials.Root;
            Perform(name, arguments);
            _simulator.Caller = Credentials.Root;
        }

        if (mounted)
            WriteEffects("fx");
        _writer.WriteEndObject();
        return mounted;
    }

    private LinuxError Remount(JsonElement arguments)
    {
        CloseAll();
        bool rotates = arguments.GetProperty("rotate").GetBoolean();
        if (rotates && _world.Upper is null)
            throw new ScenarioFormatException("There is no upper layer to rotate.");
        if (rotates)
            _handles.Clear();
        _simulator!.Mount.Unmount();
        if (_features.Volatile && arguments.TryGetProperty("clean", out JsonElement clean) && clean.GetBoolean())
            RemoveVolatileMark();
        if (rotates)
        {
            _world.Lowers.Insert(0, _world.Upper!);
            string name = "u" + _uppers.ToString(CultureInfo.InvariantCulture);
            _uppers++;
            BackingInode root = _world.AddDirectory(name, _umask);
            root.FileSystem.SetTimes(root, 1_000_000_000_000_000_000, 1_000_000_000_000_000_000);
            _world.Note(root, name + ":");
            _world.Upper = name;
            MakeWork(_umask);
            _seen[name] = _dump.Dump(name, null);
        }

        _generation++;
        return Mount();
    }

    private void CloseAll()
    {
        foreach (int descriptor in _descriptors.Values)
            _simulator!.Close(descriptor);
        foreach ((int mapping, _) in _mappings.Values)
            _simulator!.Unmap(mapping);
        _descriptors.Clear();
        _mappings.Clear();
    }

    /// <summary>Removes what a volatile mount leaves to refuse the next one.</summary>
    private void RemoveVolatileMark()
    {
        BackingInode incompat = LayerBuilder.Find(_world.Layers[_world.Work!], BytePath.FromText("work/incompat"));
        BackingInode mark = LayerBuilder.Find(incompat, BytePath.FromText("volatile"));
        foreach ((ByteString name, _) in mark.Children!.Items.ToArray())
            mark.FileSystem.Remove(mark, name);
        mark.FileSystem.Remove(incompat, ByteString.FromText("volatile"));
    }

    private void WriteEffects(string property)
    {
        if (_world.Upper is not { } upper)
            return;
        bool any = false;
        foreach (string name in (string[])[upper, _world.Work!])
        {
            Dictionary<ByteString, DumpEntry> old = _seen.GetValueOrDefault(name) ?? [];
            Dictionary<ByteString, DumpEntry> now = _dump.Dump(name, _operation);
            if (name[0] == 'w')
                WithoutRoot(now);
            foreach (ByteString path in old.Keys.Union(now.Keys).Order())
            {
                DumpEntry? before = old.GetValueOrDefault(path);
                DumpEntry? after = now.GetValueOrDefault(path);
                if (before is not null && after is not null && before.IsSame(after))
                    continue;
                if (!any)
                    _writer.WriteStartArray(property);
                any = true;
                WriteEffect(name, path, before, after);
            }

            _seen[name] = now;
        }

        if (any)
            _writer.WriteEndArray();
    }

    private void WriteEffect(string tree, ByteString path, DumpEntry? before, DumpEntry? after)
    {
        _writer.WriteStartObject();
        _writer.WriteString("k", before is null ? "+" : after is null ? "-" : "~");
        if (before is null)
        {
            _writer.WritePropertyName("e");
            after!.Write(_writer);
        }
        else
        {
            ScenarioJson.WriteBytes(_writer, "p", path.Span);
            if (after is not null)
                WriteChanges(before, after);
        }

        _writer.WriteString("in", tree);
        _writer.WriteEndObject();
    }

    private void WriteChanges(DumpEntry before, DumpEntry after)
    {
        _writer.WriteStartObject("set");
        foreach ((string name, string json) in after.Fields.Where(field => before.Find(field.Name) != field.Json))
            ScenarioJson.WriteJson(_writer, name, json);
        _writer.WriteEndObject();
        string[] removed = [.. before.Fields.Where(field => after.Find(field.Name) is null).Select(static field => field.Name).Order(StringComparer.Ordinal)];
        if (removed.Length > 0)
            ScenarioJson.WriteStrings(_writer, "unset", removed);
    }
}
