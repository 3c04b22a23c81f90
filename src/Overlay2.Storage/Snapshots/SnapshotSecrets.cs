using System.Buffers;
using System.Collections.Immutable;
using System.Text.Json;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Configuration.Secrets;
using Overlay2.Storage.Kernel;
using Overlay2.Storage.Mounts;

namespace Overlay2.Storage.Snapshots;

/// <summary>Takes secrets out of every text of a snapshot, part by part; those of stores as they are written (<see cref="SecretConverters"/>).</summary>
internal static class SnapshotSecrets
{
    private static readonly JsonDocumentOptions s_member = new() { MaxDepth = SnapshotJson.File.Options.MaxDepth + 2, AllowDuplicateProperties = false };
    private static readonly byte[] s_nothing = """{"REDACTED":"REDACTED"}"""u8.ToArray();

    /// <summary>The snapshot without secrets. Applied twice it changes nothing more.</summary>
    public static StorageSnapshot Apply(StorageSnapshot snapshot) => new()
    {
        Time = Reason(snapshot.Time),
        HostId = Change(snapshot.HostId, SecretFilter.Name),
        BootId = Change(snapshot.BootId, SecretFilter.Name),
        BootTime = Reason(snapshot.BootTime),
        Mounts = Change(snapshot.Mounts, Table),
        OtherNamespaces = ChangeAll(snapshot.OtherNamespaces, found => found with { Mounts = Change(found.Mounts, Table), Processes = [.. found.Processes.Select(Holder)] }),
        ConfiguredMounts = ChangeAll(snapshot.ConfiguredMounts, ConfiguredMount),
        Kernel = Change(snapshot.Kernel, Kernel),
        MountLimit = Reason(snapshot.MountLimit),
        Stores = Reason(snapshot.Stores),
        StorePlaces = ChangeAll(snapshot.StorePlaces, Place),
        DriverHomes = ChangeAll(snapshot.DriverHomes, SecretFilter.Path),
        Uppers = ChangeAll(snapshot.Uppers, Scan),
        Configuration = Change(snapshot.Configuration, SecretFilter.Apply),
        Engine = Change(snapshot.Engine, Engine),
        FileSystems = ChangeAll(snapshot.FileSystems, FileSystem),
        Processes = ChangeAll(snapshot.Processes, process => process with { Name = SecretFilter.Name(process.Name), ContainerId = SecretFilter.Name(process.ContainerId) }),
        Log = Change(snapshot.Log, lines => [.. SecretFilter.Lines(lines, line => line.Text, (line, text) => line with { Text = text })]),
        UnknownMembers = Unknown(snapshot.UnknownMembers),
    };

    private static SnapshotPart<T> Reason<T>(SnapshotPart<T> part)
        where T : notnull => Change(part, value => value);

    private static SnapshotPart<ImmutableArray<T>> ChangeAll<T>(SnapshotPart<ImmutableArray<T>> part, Func<T, T> change) =>
        Change(part, values => [.. values.Select(change)]);

    private static SnapshotPart<T> Change<T>(SnapshotPart<T> part, Func<T, T> change)
        where T : notnull => part.IsWithoutSecrets ? part : part.Status switch
        {
            SnapshotPartStatus.Known => new SnapshotPart<T>(part.Status, change(part.Value), "") { IsWithoutSecrets = true },
            SnapshotPartStatus.Failed => new SnapshotPart<T>(part.Status, default, SecretFilter.Text(part.Reason)) { IsWithoutSecrets = true },
            _ => part,
        };

    private static MountTable Table(MountTable table)
    {
        MountEntry[] entries = [.. table.Entries.Select(Entry)];
        if (entries.AsSpan().SequenceEqual(table.Entries.ToArray()))
            return table;
        var filtered = MountTable.FromEntries(entries);
        return table.BadLineCount > 0 ? filtered.WithBadLines(table.BadLines, table.BadLineCount) : filtered;
    }

    /// <summary>The same entry where there is nothing to take out.</summary>
    private static MountEntry Entry(MountEntry entry)
    {
        BytePath root = SecretFilter.Path(entry.Root);
        BytePath mountPoint = SecretFilter.Path(entry.MountPoint);
        ByteString options = SecretFilter.MountOptions(entry.FileSystemType, entry.Options);
        ByteString type = SecretFilter.Name(entry.FileSystemType);
        ByteString source = SecretFilter.MountSource(entry.Source);
        ByteString superOptions = SecretFilter.MountOptions(entry.FileSystemType, entry.SuperOptions);
        ImmutableArray<ByteString> optional = [.. entry.OptionalFields.Select(SecretFilter.Name)];
        bool isSame = root == entry.Root && mountPoint == entry.MountPoint && options == entry.Options && type == entry.FileSystemType && source == entry.Source
            && superOptions == entry.SuperOptions && optional.SequenceEqual(entry.OptionalFields);
        return isSame ? entry : new MountEntry
        {
            Index = entry.Index,
            MountId = entry.MountId,
            UniqueId = entry.UniqueId,
            ParentId = entry.ParentId,
            Major = entry.Major,
            Minor = entry.Minor,
            Root = root,
            MountPoint = mountPoint,
            Options = options,
            OptionalFields = optional,
            FileSystemType = type,
            Source = source,
            SuperOptions = superOptions,
        };
    }

    private static MountHolderProcess Holder(MountHolderProcess process) =>
        process with { Name = SecretFilter.Name(process.Name), ContainerId = SecretFilter.Name(process.ContainerId) };

    private static ConfiguredMount ConfiguredMount(ConfiguredMount mount) => new(
        SecretFilter.Path(mount.MountPoint),
        SecretFilter.MountSource(mount.Source),
        SecretFilter.Name(mount.FileSystemType),
        SecretFilter.MountOptions(mount.FileSystemType, mount.Options),
        SecretFilter.Path(mount.File),
        mount.Line);

    private static KernelProfile Kernel(KernelProfile profile) => new()
    {
        Version = profile.Version,
        Release = SecretFilter.Name(profile.Release),
        VersionText = SecretFilter.Name(profile.VersionText),
        Machine = SecretFilter.Name(profile.Machine),
        Parameters = profile.Parameters.ToImmutableSortedDictionary(parameter => parameter.Key, parameter => SecretFilter.Name(parameter.Value), StringComparer.Ordinal),
        KernelConfig = [.. profile.KernelConfig.Select(SecretFilter.Name)],
        FileSystems = profile.FileSystems,
        Features = profile.Features,
    };

    private static SearchedStorePlace Place(SearchedStorePlace place) => place with
    {
        Path = SecretFilter.Path(place.Path),
        Problem = place.Problem is { } problem ? problem with { Path = SecretFilter.Path(problem.Path), Detail = SecretFilter.Text(problem.Detail) } : null,
        Outsider = place.Outsider is { } outsider ? SecretFilter.Text(outsider) : null,
    };

    private static UpperScan Scan(UpperScan scan) => scan with
    {
        Directory = SecretFilter.Path(scan.Directory),
        Marks = [.. scan.Marks.Select(mark => mark with { Path = SecretFilter.Path(mark.Path), Value = SecretFilter.Name(mark.Value) })],
    };

    private static EngineInfo Engine(EngineInfo engine) => engine with
    {
        Version = SecretFilter.Text(engine.Version),
        Driver = SecretFilter.Text(engine.Driver),
        DataRoot = SecretFilter.Path(engine.DataRoot),
        BackingFileSystem = SecretFilter.Text(engine.BackingFileSystem),
    };

    private static SnapshotFileSystem FileSystem(SnapshotFileSystem fileSystem) => fileSystem with
    {
        Path = SecretFilter.Path(fileSystem.Path),
        EntryTypes = fileSystem.EntryTypes with { Source = SecretFilter.Text(fileSystem.EntryTypes.Source) },
    };

    /// <summary>What this version does not know can hold anything, but a name that tells of a secret does so in every version.</summary>
    private static ImmutableSortedDictionary<string, JsonElement> Unknown(ImmutableSortedDictionary<string, JsonElement> members)
    {
        if (members.IsEmpty)
            return members;
        var filtered = ImmutableSortedDictionary.CreateBuilder<string, JsonElement>(StringComparer.Ordinal);
        foreach ((string name, JsonElement value) in members)
        {
            using JsonDocument document = Parse(SecretFilter.Json(Member(name, value), WriteAgain));
            JsonProperty property = document.RootElement.EnumerateObject().First();
            filtered[property.Name] = property.Value.Clone();
        }

        return filtered.ToImmutable();
    }

    /// <summary>A member as it is in a file: a text that is escaped in another way is none to the filter that it had not seen.</summary>
    private static byte[] WriteAgain(byte[] member)
    {
        using JsonDocument document = Parse(new ByteString(member));
        JsonProperty property = document.RootElement.EnumerateObject().First();
        return Member(property.Name, property.Value);
    }

    /// <summary>The text of a member; of nothing where an escape in it stands for no character: <c>\uDDDD</c>.</summary>
    private static byte[] Member(string name, JsonElement value)
    {
        var text = new ArrayBufferWriter<byte>();
        try
        {
            using var writer = new Utf8JsonWriter(text, new JsonWriterOptions { MaxDepth = s_member.MaxDepth, SkipValidation = true });
            writer.WriteStartObject();
            writer.WritePropertyName(name);
            value.WriteTo(writer);
            writer.WriteEndObject();
        }
        catch (InvalidOperationException)
        {
            return s_nothing;
        }

        return text.WrittenSpan.ToArray();
    }

    /// <summary>A member, of which nothing is left where it does not come to rest, or where names in it became one that were apart: by what was left out of them, or by bytes that are no UTF-8.</summary>
    private static JsonDocument Parse(ByteString member)
    {
        byte[] text = member.Span.StartsWith("{"u8) ? member.Span.ToArray() : s_nothing;
        try
        {
            return JsonDocument.Parse(text, s_member);
        }
        catch (JsonException)
        {
            // Only names that are the same are expected here: a filter that writes no JSON must not be taken for one that leaves something out.
            JsonDocument.Parse(text, s_member with { AllowDuplicateProperties = true }).Dispose();
            return JsonDocument.Parse(s_nothing, s_member);
        }
    }
}
