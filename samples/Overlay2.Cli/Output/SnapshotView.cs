using System.Collections.Immutable;
using System.Text.Json;
using Overlay2.Storage.Configuration;
using Overlay2.Storage.Snapshots;
using Spectre.Console;

namespace Overlay2.Cli.Output;

/// <summary>Shows which parts of a snapshot are known.</summary>
internal static class SnapshotView
{
    public static void Write(IAnsiConsole console, string file, long length, StorageSnapshot snapshot)
    {
        var table = new Table().Border(TableBorder.None).AddColumns("PART", "STATUS", "CONTENT");
        foreach ((string name, SnapshotPartStatus status, string content) in Parts(snapshot))
            table.AddRow(Terminal.Cell(name), Terminal.Cell($"{status}", status == SnapshotPartStatus.Failed ? Styles.Warning : Style.Plain), Terminal.Cell(content));
        console.Write(table);
        if (!NamedOutput.IsStandard(file))
            console.PutLine($"{length:N0} bytes written to {file}.");
    }

    public static void WriteJson(Utf8JsonWriter writer, string file, long length, StorageSnapshot snapshot)
    {
        writer.WriteStartObject();
        writer.WriteNumber("formatVersion", 1);
        writer.WriteString("file", file);
        writer.WriteNumber("length", length);
        writer.WriteStartArray("parts");
        foreach ((string name, SnapshotPartStatus status, string content) in Parts(snapshot))
        {
            writer.WriteStartObject();
            writer.WriteString("name", name);
            writer.WriteString("status", status.ToString());
            writer.WriteString(status == SnapshotPartStatus.Known ? "content" : "reason", content);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static ImmutableArray<(string Name, SnapshotPartStatus Status, string Content)> Parts(StorageSnapshot snapshot) =>
    [
        Part("time", snapshot.Time, time => FormattableString.Invariant($"{time:u}")),
        Part("host", snapshot.HostId, id => id),
        Part("boot", snapshot.BootId, id => id),
        Part("bootTime", snapshot.BootTime, time => FormattableString.Invariant($"{time:u}")),
        Part("mounts", snapshot.Mounts, mounts => $"{mounts.Entries.Length} mounts, {mounts.Entries.Count(mount => mount.IsOverlay)} overlays"),
        Part("otherNamespaces", snapshot.OtherNamespaces, Describe),
        Part("configuredMounts", snapshot.ConfiguredMounts, mounts => $"{mounts.Length} of fstab"),
        Part("kernel", snapshot.Kernel, kernel => kernel.ToString()),
        Part("stores", snapshot.Stores, stores => stores.IsEmpty ? "none" : string.Join("; ", stores.Select(store => $"{store.DataRoot}: {store.Layers.Count} layers, {store.Problems.Count} problems"))),
        Part("storePlaces", snapshot.StorePlaces, places => string.Join(' ', places.Select(place => $"{place.Path} ({place.Origin}: {place.Outcome}{(place.Outsider is { } outsider ? $"; {outsider}" : "")})"))),
        Part("driverHomes", snapshot.DriverHomes, homes => homes.IsEmpty ? "none" : string.Join(' ', homes)),
        Part("uppers", snapshot.Uppers, scans => $"{scans.Length} scanned"),
        Part("configuration", snapshot.Configuration, files => $"{files.Files.Values.Count(file => file.State != ConfigurationFileState.Missing)} files"),
        Part("engine", snapshot.Engine, engine => $"{engine.Version} {engine.Driver}"),
        Part("fileSystems", snapshot.FileSystems, fileSystems => $"{fileSystems.Length} directories"),
        Part("processes", snapshot.Processes, processes => $"{processes.Length} processes, {processes.Count(process => process.EngineDoubt is not null)} that call themselves engines and are not believed"),
        Part("log", snapshot.Log, lines => $"{lines.Length} lines"),
    ];

    private static string Describe(ImmutableArray<SnapshotNamespace> namespaces) =>
        namespaces.FirstOrDefault(other => !other.Mounts.IsKnown) is { } unread
            ? $"{namespaces.Length} mount namespaces, {namespaces.Count(other => !other.Mounts.IsKnown)} without their mounts, first {unread.Id}: {unread.Mounts.Reason}"
            : $"{namespaces.Length} mount namespaces";

    private static (string, SnapshotPartStatus, string) Part<T>(string name, SnapshotPart<T> part, Func<T, string> describe)
        where T : notnull => (name, part.Status, part.TryGet(out T? value) ? describe(value) : part.Reason);
}
