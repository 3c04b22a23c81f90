using Overlay2.Storage.Bytes;
using Overlay2.Storage.MountOptions;
using Overlay2.Storage.Mounts;

namespace Overlay2.Storage.Snapshots;

internal sealed partial class SnapshotRedactor
{
    private MountTable Table(MountTable table)
    {
        MountTable redacted = MountTable.FromEntries([.. table.Entries.Select(Entry)]);
        return table.BadLineCount > 0 ? redacted.WithBadLines(table.BadLines, table.BadLineCount) : redacted;
    }

    private MountEntry Entry(MountEntry entry) => new()
    {
        Index = entry.Index,
        MountId = entry.MountId,
        UniqueId = entry.UniqueId,
        ParentId = entry.ParentId,
        Major = entry.Major,
        Minor = entry.Minor,
        Root = IsNamespace(entry.Root.Span) ? entry.Root : _names.Path(entry.Root),
        MountPoint = _names.Path(entry.MountPoint),
        Options = _names.Text(entry.Options),
        OptionalFields = [.. entry.OptionalFields.Select(_names.Text)],
        FileSystemType = FileSystemType(entry.FileSystemType),
        Source = _names.Text(entry.Source),
        SuperOptions = entry.IsOverlay
            ? new ByteString(OverlayMountOptions.Parse(entry.SuperOptions.Span).WithPaths(_names.Path, _names.Text).ToSuperOptions())
            : _names.Text(entry.SuperOptions),
    };

    /// <summary>A type and its subtype, which is what a FUSE program calls itself: <c>fuse.sshfs</c>.</summary>
    private ByteString FileSystemType(ByteString type)
    {
        int dot = type.Span.IndexOf((byte)'.');
        return dot < 0 ? _names.Name(type) : new ByteString([.. _names.Name(new ByteString(type.Span[..dot])).Span, (byte)'.', .. FileSystemType(new ByteString(type.Span[(dot + 1)..])).Span]);
    }

    /// <summary>A namespace that is mounted shows its kind and number: <c>net:[4026532569]</c>.</summary>
    private static bool IsNamespace(ReadOnlySpan<byte> root)
    {
        int colon = root.IndexOf(":["u8);
        return colon > 0 && root[^1] == (byte)']' && !root[..colon].ContainsAnyExceptInRange((byte)'a', (byte)'z') && !root[(colon + 2)..^1].ContainsAnyExceptInRange((byte)'0', (byte)'9');
    }

    private SnapshotNamespace Namespace(SnapshotNamespace found) => new(
        found.Id,
        Change(found.Mounts, Table),
        [.. found.Processes.Select(process => new MountHolderProcess(process.ProcessId, _names.Name(process.Name), _names.Text(process.ContainerId)) { RootMountId = process.RootMountId })]);

    private ConfiguredMount ConfiguredMount(ConfiguredMount mount) =>
        new(_names.Path(mount.MountPoint), _names.Text(mount.Source), FileSystemType(mount.FileSystemType), _names.Text(mount.Options), _names.Path(mount.File), mount.Line);
}
