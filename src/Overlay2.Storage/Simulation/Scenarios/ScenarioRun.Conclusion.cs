using System.Text;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Kernel;

namespace Overlay2.Storage.Simulation.Scenarios;

internal sealed partial class ScenarioRun
{
    /// <summary>Shows the end of a scenario: the trees, the merged view, and what a new mount changes of it.</summary>
    private void Conclude()
    {
        CloseAll();
        _operation++;
        if (_world.Upper is { } upper)
        {
            WriteTree("upper", Sorted(_dump.Dump(upper, _operation)));
            WriteTree("work", Sorted(WithoutRoot(_dump.Dump(_world.Work!, _operation))));
            if (_world.UpperFileSystem is { IsLimited: true } fileSystem)
                _writer.WriteNumber("upperFreeBlocks", fileSystem.FreeBlocks);
        }

        List<DumpEntry> merged = ShowMerged();
        WriteTree("merged", merged);
        _simulator!.Mount.Unmount();
        if (_features.Volatile)
            RemoveVolatileMark();
        _generation++;
        LinuxError error = Mount();
        if (error != LinuxError.OK)
        {
            _writer.WriteString("remount", error.ToString());
            return;
        }

        WriteDifference(merged, ShowMerged());
    }

    private static IEnumerable<DumpEntry> Sorted(Dictionary<ByteString, DumpEntry> entries) =>
        entries.OrderBy(static item => item.Key).Select(static item => item.Value);

    private void WriteTree(string property, IEnumerable<DumpEntry> entries)
    {
        _writer.WriteStartArray(property);
        foreach (DumpEntry entry in entries)
            entry.Write(_writer);
        _writer.WriteEndArray();
    }

    private List<DumpEntry> ShowMerged()
    {
        List<DumpEntry> entries = [];
        Stack<BytePath> rest = new([default]);
        while (rest.TryPop(out BytePath path))
            AddMerged(path, entries, rest);
        foreach (DumpEntry entry in entries.Where(static entry => entry.Find("t") == "\"reg\""))
            AddContent(entry);
        return entries;
    }

    private void AddMerged(BytePath path, List<DumpEntry> entries, Stack<BytePath> rest)
    {
        OverlaySimulator simulator = _simulator!;
        var entry = new DumpEntry { Path = path.Bytes };
        entries.Add(entry);
        OperationResult<FileStatus?> status = simulator.Stat(path, follow: false);
        if (!status.IsSuccess)
        {
            entry.Add("err", ScenarioJson.Quote(status.Error.ToString()));
            return;
        }

        AddStatus(entry, status.Value!);
        if (status.Value!.Type == FileType.SymbolicLink)
            entry.Add("to", ScenarioJson.Quote(Encoding.UTF8.GetString(simulator.ReadLink(path).Value.Span)));
        AddAttributes(entry, path);
        if (status.Value.Type != FileType.Directory)
            return;
        OperationResult<IReadOnlyList<DirectoryEntry>> children = simulator.ReadDirectory(path);
        if (!children.IsSuccess)
        {
            entry.Add("err", ScenarioJson.Quote(children.Error.ToString()));
            return;
        }

        foreach (DirectoryEntry child in children.Value.OrderByDescending(static item => item.Name))
            rest.Push(path.Combine(new BytePath(child.Name)));
    }

    private void AddAttributes(DumpEntry entry, BytePath path)
    {
        OperationResult<IReadOnlyList<ByteString>> names = _simulator!.ListExtendedAttributes(path, follow: false);
        if (!names.IsSuccess || names.Value.Count == 0)
            return;
        entry.Add("x", ScenarioJson.Object(names.Value.Select(name => (name, ShowAttribute(path, name)))));
    }

    private string ShowAttribute(BytePath path, ByteString name)
    {
        OperationResult<byte[]> value = _simulator!.GetExtendedAttribute(path, name, follow: false);
        return ScenarioJson.Quote(value.IsSuccess ? TreeDump.ShowValue(value.Value) : "err:" + value.Error.ToString());
    }

    private void AddContent(DumpEntry entry)
    {
        OperationResult<int> file = _simulator!.Open(new BytePath(entry.Path), OpenFlags.NoFollow, 0);
        if (!file.IsSuccess)
        {
            entry.Add("sha", ScenarioJson.Quote("err:" + file.Error.ToString()));
            return;
        }

        _budget.Take(_simulator.StatDescriptor(file.Value).Value!.Size);
        byte[] bytes = _simulator.Read(file.Value, 0, int.MaxValue).Value;
        _simulator.Close(file.Value);
        entry.Add("sha", ScenarioJson.Quote(TreeDump.HashOf(bytes)));
        string length = ScenarioJson.Number(bytes.Length);
        if (entry.Find("s") != length)
            entry.Add("read", length);
    }

    private void WriteDifference(List<DumpEntry> before, List<DumpEntry> after)
    {
        Dictionary<ByteString, DumpEntry> rest = after.ToDictionary(static entry => entry.Path);
        _writer.WriteStartArray("remountDiff");
        foreach (DumpEntry entry in before)
        {
            if (!rest.Remove(entry.Path, out DumpEntry? now))
            {
                _writer.WriteStartObject();
                ScenarioJson.WriteBytes(_writer, "p", entry.Path.Span);
                _writer.WriteBoolean("gone", true);
                _writer.WriteEndObject();
                continue;
            }

            string[] changed = [.. entry.Fields.Concat(now.Fields).Select(static field => field.Name).Distinct(StringComparer.Ordinal).Where(name => name != "at" && entry.Find(name) != now.Find(name)).Order(StringComparer.Ordinal)];
            if (changed.Length == 0)
                continue;
            _writer.WriteStartObject();
            ScenarioJson.WriteBytes(_writer, "p", entry.Path.Span);
            _writer.WriteStartObject("set");
            foreach (string name in changed)
            {
                string json = now.Find(name) ?? "null";
                ScenarioJson.WriteJson(_writer, name, name == "ino" && json.StartsWith("\"v", StringComparison.Ordinal) ? "\"v\"" : json);
            }

            _writer.WriteEndObject();
            _writer.WriteEndObject();
        }

        foreach (DumpEntry entry in after.Where(entry => rest.ContainsKey(entry.Path)))
        {
            _writer.WriteStartObject();
            ScenarioJson.WriteBytes(_writer, "p", entry.Path.Span);
            _writer.WritePropertyName("new");
            entry.Write(_writer);
            _writer.WriteEndObject();
        }

        _writer.WriteEndArray();
    }
}
