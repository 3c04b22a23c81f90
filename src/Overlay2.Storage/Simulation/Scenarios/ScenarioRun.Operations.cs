using System.Globalization;
using System.Text.Json;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Kernel;
using Overlay2.Storage.Simulation.Backing;
using Overlay2.Storage.Simulation.Merging;

namespace Overlay2.Storage.Simulation.Scenarios;

internal sealed partial class ScenarioRun
{
    private void Perform(string name, JsonElement a)
    {
        OverlaySimulator s = _simulator!;
        switch (name)
        {
            case "mkdir": Answer(s.MakeDirectory(Path(a), a.GetProperty("mode").GetInt32())); break;
            case "mknod": Answer(s.MakeNode(Path(a), ScenarioJson.GetText(a.GetProperty("type")) == "reg" ? FileType.Regular : ScenarioNames.TypeOf(ScenarioJson.GetText(a.GetProperty("type"))), a.GetProperty("mode").GetInt32(), Device(a))); break;
            case "symlink": Answer(s.MakeSymbolicLink(Path(a, "to"), Path(a))); break;
            case "link": Answer(s.Link(Path(a, "from"), Path(a), Follows(a))); break;
            case "unlink": Answer(s.Unlink(Path(a))); break;
            case "rmdir": Answer(s.RemoveDirectory(Path(a))); break;
            case "rename": Answer(s.Rename(Path(a, "from"), Path(a), RenameFlagsOf(a))); break;
            case "truncate": Answer(s.Truncate(Path(a), a.GetProperty("size").GetInt64())); break;
            case "chmod": Answer(s.ChangeMode(Path(a), a.GetProperty("mode").GetInt32())); break;
            case "chown": Answer(s.ChangeOwner(Path(a), Id(a, "uid"), Id(a, "gid"), Follows(a))); break;
            case "utimens": Answer(a.TryGetProperty("now", out JsonElement now) && now.GetBoolean() ? s.Touch(Path(a), Follows(a)) : s.SetTimes(Path(a), a.GetProperty("at").GetInt64(), a.GetProperty("mt").GetInt64(), Follows(a))); break;
            case "access": Answer(s.Access(Path(a), ScenarioJson.GetText(a.GetProperty("want")) switch { "R" => 4, "W" => 2, "X" => 1, _ => 0 })); break;
            case "setxattr": Answer(s.SetExtendedAttribute(Path(a), Name(a), Convert.FromHexString(ScenarioJson.GetText(a.GetProperty("value"))), ModeOf(a), Follows(a))); break;
            case "removexattr": Answer(s.RemoveExtendedAttribute(Path(a), Name(a), Follows(a))); break;
            case "setflags": Answer(s.SetFlags(Path(a), ScenarioNames.Flags(ScenarioJson.GetText(a.GetProperty("set"))), ScenarioNames.Flags(ScenarioJson.GetText(a.GetProperty("clear"))))); break;
            case "stat": AnswerStatus(s.Stat(Path(a), Follows(a))); break;
            case "getxattr": AnswerValue(s.GetExtendedAttribute(Path(a), Name(a), Follows(a)), "value", v => _writer.WriteStringValue(Convert.ToHexStringLower(v))); break;
            case "listxattr": AnswerValue(s.ListExtendedAttributes(Path(a), Follows(a)), "names", WriteNames); break;
            case "readlink": AnswerValue(s.ReadLink(Path(a)), "to", v => ScenarioJson.WriteBytes(_writer, v.Span)); break;
            case "getflags": AnswerValue(s.GetFlags(Path(a)), "flags", v => _writer.WriteStringValue(ScenarioNames.FlagLetters(v))); break;
            case "readdir": AnswerValue(s.ReadDirectory(Path(a)), "entries", WriteEntries); break;
            case "encodefh": Encode(a); break;
            case "decodefh": AnswerStatus(_handles.TryGetValue(a.GetProperty("fh").GetInt64(), out ByteString handle) ? s.StatHandle(handle) : new OperationResult<FileStatus?>(LinuxError.EBADF, null, [])); break;
            case "open": Open(a); break;
            case "mread": ReadMapping(a); break;
            default: PerformOnDescriptor(name, a); break;
        }
    }

    private void PerformOnDescriptor(string name, JsonElement a)
    {
        OverlaySimulator s = _simulator!;
        int h = _descriptors.GetValueOrDefault(a.GetProperty("h").GetInt64(), -1);
        switch (name)
        {
            case "close": Answer(s.Close(h)); _descriptors.Remove(a.GetProperty("h").GetInt64()); break;
            case "fsync": Answer(s.Sync(h)); break;
            case "pread": AnswerBytes(s.Read(h, a.GetProperty("off").GetInt64(), Length(h, a))); break;
            case "pwrite": AnswerValue(s.Write(h, a.GetProperty("off").GetInt64(), Data(a)), "n", v => _writer.WriteNumberValue(v)); break;
            case "fstat": AnswerStatus(s.StatDescriptor(h)); break;
            case "ftruncate": Answer(s.TruncateDescriptor(h, a.GetProperty("size").GetInt64())); break;
            case "fchmod": Answer(s.ChangeModeOfDescriptor(h, a.GetProperty("mode").GetInt32())); break;
            case "fchown": Answer(s.ChangeOwnerOfDescriptor(h, Id(a, "uid"), Id(a, "gid"))); break;
            case "futimens": Answer(s.SetTimesOfDescriptor(h, a.GetProperty("at").GetInt64(), a.GetProperty("mt").GetInt64())); break;
            case "fsetxattr": Answer(s.SetExtendedAttributeOfDescriptor(h, Name(a), Convert.FromHexString(ScenarioJson.GetText(a.GetProperty("value"))))); break;
            case "fallocate": Answer(s.Allocate(h, AllocationOf(a), a.GetProperty("off").GetInt64(), a.GetProperty("len").GetInt64())); break;
            case "copyrange": CopyRange(h, a); break;
            case "mmap": Map(h, a); break;
            case "seekdata": AnswerValue(s.Seek(h, a.GetProperty("off").GetInt64(), ScenarioJson.GetText(a.GetProperty("what")) == "DATA"), "off", v => _writer.WriteNumberValue(v)); break;
            case "getdents": AnswerValue(s.ReadDirectory(h, a.GetProperty("rewind").GetBoolean()), "entries", WriteEntries); break;
            case "flink": Answer(s.LinkDescriptor(h, Path(a))); break;
            default: throw new ScenarioFormatException("Unknown operation " + name + ".");
        }
    }

    private void Open(JsonElement a)
    {
        OpenFlags flags = OpenFlagsOf(a);
        int mode = a.TryGetProperty("mode", out JsonElement given) ? given.GetInt32() : 0x1A4;
        OperationResult<int> result = _simulator!.Open(Path(a), flags, mode);
        Answer(new OperationResult(result.Error, result.Effects));
        if (!result.IsSuccess)
            return;
        _descriptors[a.GetProperty("h").GetInt64()] = result.Value;
        if ((flags & OpenFlags.TemporaryFile) != OpenFlags.ReadOnly)
        {
            BackingInode real = _simulator.StatDescriptor(result.Value).Value!.Identity.Source!;
            _world.Note(real, string.Create(CultureInfo.InvariantCulture, $"@{_operation}:tmp"));
        }
    }

    private void Encode(JsonElement a)
    {
        OperationResult<ByteString> result = _simulator!.EncodeHandle(Path(a));
        Answer(new OperationResult(result.Error, result.Effects));
        if (result.IsSuccess)
            _handles[a.GetProperty("fh").GetInt64()] = result.Value;
    }

    private void CopyRange(int source, JsonElement a)
    {
        int target = _descriptors.GetValueOrDefault(a.GetProperty("h2").GetInt64(), -1);
        (long offset, long length) = (a.GetProperty("off").GetInt64(), a.GetProperty("len").GetInt64());
        if (offset >= 0 && _simulator!.StatDescriptor(source).Value is { } status)
            _budget.Take(Math.Min(length, status.Size - offset));
        AnswerValue(_simulator!.CopyRange(source, offset, target, a.GetProperty("off2").GetInt64(), length), "n", v => _writer.WriteNumberValue(v));
    }

    private void Map(int descriptor, JsonElement a)
    {
        // The recorder asks for the size first and does not map an empty file.
        OperationResult<FileStatus?> status = _simulator!.StatDescriptor(descriptor);
        if (!status.IsSuccess || (status.Value is { Type: not FileType.Directory, Size: 0 }))
        {
            Answer(new OperationResult(status.IsSuccess ? LinuxError.EINVAL : status.Error, []));
            return;
        }

        OperationResult<int> result = _simulator.Map(descriptor);
        AnswerValue(result, "n", _ => _writer.WriteNumberValue(status.Value!.Size));
        if (result.IsSuccess)
            _mappings[a.GetProperty("map").GetInt64()] = (result.Value, status.Value!.Size);
    }

    private void ReadMapping(JsonElement a)
    {
        (int Number, long Size) mapping = _mappings.GetValueOrDefault(a.GetProperty("map").GetInt64(), (-1, 0));
        int length = a.GetProperty("len").GetInt32();
        _budget.Take(Math.Min(length, mapping.Size));
        AnswerBytes(_simulator!.ReadMapping(mapping.Number, a.GetProperty("off").GetInt64(), length));
    }

    private void Answer(OperationResult result) => _writer.WriteString("r", result.Error.ToString());

    /// <summary>Writes the error, and of a success the members of the value.</summary>
    private void Answer<T>(OperationResult<T> result, Action<T> writeMembers)
    {
        _writer.WriteString("r", result.Error.ToString());
        if (!result.IsSuccess)
            return;
        _writer.WriteStartObject("v");
        writeMembers(result.Value);
        _writer.WriteEndObject();
    }

    private void AnswerValue<T>(OperationResult<T> result, string name, Action<T> write) => Answer(result, value =>
    {
        _writer.WritePropertyName(name);
        write(value);
    });

    private void AnswerBytes(OperationResult<byte[]> result) => Answer(result, bytes =>
    {
        _writer.WriteNumber("n", bytes.Length);
        _writer.WriteString("sha", TreeDump.HashOf(bytes));
    });

    private void AnswerStatus(OperationResult<FileStatus?> result) => Answer(result, status =>
    {
        var shown = new DumpEntry { Path = default };
        AddStatus(shown, status!);
        shown.WriteFields(_writer);
    });

    private void AddStatus(DumpEntry entry, FileStatus status)
    {
        entry.Add("t", ScenarioJson.Quote(ScenarioNames.WordOf(status.Type)));
        entry.Add("m", ScenarioJson.Quote(ScenarioNames.Octal(status.Mode)));
        entry.Add("u", ScenarioJson.Number(status.Uid));
        entry.Add("g", ScenarioJson.Number(status.Gid));
        entry.Add("n", ScenarioJson.Number(status.LinkCount));
        entry.Add("dev", "\"" + DeviceLabel(status.Identity) + "\"");
        entry.Add("ino", ScenarioJson.Quote(NumberLabel(status.Identity)));
        if (status.Type is FileType.Regular or FileType.SymbolicLink)
            entry.Add("s", ScenarioJson.Number(status.Size));
        if (status.Type is FileType.CharacterDevice or FileType.BlockDevice)
            entry.Add("rdev", string.Create(CultureInfo.InvariantCulture, $"[{status.Device.Major},{status.Device.Minor}]"));
        entry.Add("at", ScenarioNames.Time(status.AccessTime));
        entry.Add("mt", ScenarioNames.Time(status.ModificationTime));
    }

    private string DeviceLabel(InodeIdentity identity) => identity.PseudoDevice < 0 ? "ovl" : "fs" + _world.LetterOf(identity.Source!.FileSystem);

    private string NumberLabel(InodeIdentity identity)
    {
        if (identity.Source is not { } source)
            return string.Create(CultureInfo.InvariantCulture, $"v{identity.PrivateNumber}@{_generation}");
        string label = _world.LabelOf(source) ?? "?";
        return identity.MappedId < 0 ? label : string.Create(CultureInfo.InvariantCulture, $"x{identity.MappedId}:{label}");
    }

    private void WriteEntries(IReadOnlyList<DirectoryEntry> entries)
    {
        _writer.WriteStartArray();
        foreach (DirectoryEntry entry in entries.OrderBy(static item => item.Name))
        {
            _writer.WriteStartObject();
            ScenarioJson.WriteBytes(_writer, "name", entry.Name.Span);
            _writer.WriteString("t", ScenarioNames.WordOf(entry.Type));
            if (!_world.HasSeveralFileSystems)
                _writer.WriteString("ino", NumberLabel(entry.Identity));
            _writer.WriteEndObject();
        }

        _writer.WriteEndArray();
    }

    private void WriteNames(IReadOnlyList<ByteString> names)
    {
        _writer.WriteStartArray();
        foreach (ByteString name in names)
            ScenarioJson.WriteBytes(_writer, name.Span);
        _writer.WriteEndArray();
    }

    private static BytePath Path(JsonElement a, string name = "path") => new(ScenarioJson.GetName(a.GetProperty(name)));

    private static ByteString Name(JsonElement a) => ScenarioJson.GetName(a.GetProperty("name"));

    private static bool Follows(JsonElement a) => !a.TryGetProperty("follow", out JsonElement follow) || follow.GetBoolean();

    private static uint? Id(JsonElement a, string name) => a.GetProperty(name).GetInt64() is var id && id < 0 ? null : (uint)id;

    private static DeviceNumber Device(JsonElement a) =>
        a.TryGetProperty("rdev", out JsonElement number) ? ScenarioJson.GetDevice(number) : default;

    private byte[] Data(JsonElement a)
    {
        if (a.TryGetProperty("text", out JsonElement text))
            return ScenarioJson.GetBytes(text).Span.ToArray();
        long length = a.GetProperty("len").GetInt64();
        _budget.Take(length);
        return FillPattern.Make(a.GetProperty("seed").GetInt64(), length);
    }

    /// <summary>How much a read asks for; what it will get is counted.</summary>
    private int Length(int descriptor, JsonElement a)
    {
        int length = a.GetProperty("len").GetInt32();
        FileStatus? status = _simulator!.StatDescriptor(descriptor).Value;
        _budget.Take(status is { Type: FileType.Regular } ? Math.Min(length, status.Size) : length);
        return length;
    }

    private static AttributeMode ModeOf(JsonElement a) => !a.TryGetProperty("how", out JsonElement how) ? AttributeMode.Any : ScenarioJson.GetText(how) switch
    {
        "CREATE" => AttributeMode.Create,
        "REPLACE" => AttributeMode.Replace,
        _ => AttributeMode.Any,
    };

    private static AllocationMode AllocationOf(JsonElement a) => ScenarioJson.GetText(a.GetProperty("how")) switch
    {
        "KEEP_SIZE" => AllocationMode.KeepSize,
        "PUNCH_HOLE" => AllocationMode.PunchHole,
        "ZERO_RANGE" => AllocationMode.ZeroRange,
        _ => AllocationMode.Allocate,
    };

    private static RenameFlags RenameFlagsOf(JsonElement a) =>
        a.GetProperty("flags").EnumerateArray().Aggregate(RenameFlags.None, static (flags, flag) => flags | ScenarioJson.GetText(flag) switch
        {
            "NOREPLACE" => RenameFlags.NoReplace,
            "EXCHANGE" => RenameFlags.Exchange,
            "WHITEOUT" => RenameFlags.Whiteout,
            _ => throw new ScenarioFormatException("Unknown rename flag."),
        });

    private static OpenFlags OpenFlagsOf(JsonElement a) =>
        a.GetProperty("flags").EnumerateArray().Aggregate(OpenFlags.ReadOnly, static (flags, flag) => flags | ScenarioJson.GetText(flag) switch
        {
            "WRONLY" => OpenFlags.WriteOnly,
            "RDWR" => OpenFlags.ReadWrite,
            "CREAT" => OpenFlags.Create,
            "EXCL" => OpenFlags.Exclusive,
            "TRUNC" => OpenFlags.Truncate,
            "APPEND" => OpenFlags.Append,
            "DIRECTORY" => OpenFlags.Directory,
            "NOFOLLOW" => OpenFlags.NoFollow,
            "PATH" => OpenFlags.PathOnly,
            "TMPFILE" => OpenFlags.TemporaryFile,
            "NOATIME" => OpenFlags.NoAccessTime,
            _ => OpenFlags.ReadOnly,
        });
}
