using System.Globalization;
using System.Text;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Engines;

namespace Overlay2.Storage.Repair;

/// <summary>Words and lines for a POSIX shell.</summary>
internal static class ShellScript
{
    /// <summary>A word that a POSIX shell takes for these very bytes, in ASCII: in single quotes, and by printf(1) what is no plain text.</summary>
    public static string Quote(ByteString bytes)
    {
        var word = new StringBuilder();
        ReadOnlySpan<byte> rest = bytes.Span;
        do
        {
            // A command's output would lose a newline at its end, so newlines stay as they are, in quotes.
            int plain = LengthOf(rest, isPlain: true);
            if (plain > 0 || rest.IsEmpty)
                word.Append('\'').Append(Encoding.ASCII.GetString(rest[..plain]).Replace("'", "'\\''", StringComparison.Ordinal)).Append('\'');
            rest = rest[plain..];
            int odd = LengthOf(rest, isPlain: false);
            if (odd > 0)
            {
                word.Append("\"$(printf '");
                foreach (byte value in rest[..odd])
                    AppendEscape(word, value);
                word.Append("')\"");
            }

            rest = rest[odd..];
        }
        while (!rest.IsEmpty);
        return word.ToString();
    }

    /// <summary>A test that looks at mounts: those of the namespace that the script runs in.</summary>
    public static ScriptPart OfMounts(ulong namespaceId, string test) =>
        namespaceId == 0 ? ScriptPart.Command(test) : ScriptPart.None("a script sees the mounts of its own mount namespace alone");

    /// <summary>A mount as the words that the functions of a script take.</summary>
    public static string Words(MountFingerprint mount) => string.Create(
        CultureInfo.InvariantCulture, $"{Number(mount.MountId)} {Number(mount.ParentId)} {mount.Major}:{mount.Minor} {Escaped(mount.Root)} {Escaped(mount.MountPoint)}");

    /// <summary>A path as mountinfo shows it, as a word.</summary>
    public static string Escaped(BytePath path) => Quote(ByteString.Wrap(OctalEscape.Escape(path.Span, OctalEscapeSet.Path)));

    private static string Number(int id) => id == 0 ? "'*'" : id.ToString(CultureInfo.InvariantCulture);

    private static int LengthOf(ReadOnlySpan<byte> bytes, bool isPlain)
    {
        int length = 0;
        while (length < bytes.Length && isPlain == (bytes[length] is (byte)'\n' or (>= 0x20 and < 0x7f)))
            length++;
        return length;
    }

    public static string Quote(StorePlace place) => Quote(place.FullPath.Bytes);

    /// <summary>A command that writes these very bytes. No word can hold a zero byte, but what printf(1) makes of its format can.</summary>
    public static string Print(ByteString bytes)
    {
        if (!bytes.Span.Contains((byte)0))
            return $"printf %s {Quote(bytes)}";
        var command = new StringBuilder("printf '");
        foreach (byte value in bytes.Span)
        {
            if (value is not ((byte)'\'' or (byte)'%' or (byte)'\\' or (byte)'-') && value is (byte)'\n' or (>= 0x20 and < 0x7f))
                command.Append((char)value);
            else
                AppendEscape(command, value);
        }

        return command.Append('\'').ToString();
    }

    private static void AppendEscape(StringBuilder text, byte value) => text.Append('\\').Append(Convert.ToString(value, 8).PadLeft(3, '0'));

    private static string LineOf(ReplaceEntryAction action)
    {
        action.Place.FullPath.TryGetParent(out BytePath parent);
        string place = Quote(action.Place);
        string owner = $"--reference={Quote(parent.Bytes)}";
        string spare = Quote(new ByteString([.. action.Place.FullPath.Span, .. ".new"u8]));
        StorePlace? like = action.From.Type == StoreEntryType.RegularFile ? action.Place : action.Like;
        return action.To.Type switch
        {
            StoreEntryType.Missing => $"{(action.From.Type == StoreEntryType.Directory ? "rmdir" : "rm")} {place}",
            StoreEntryType.Directory when like is null => $"mkdir -m 700 {place} && chown {owner} {place}",
            StoreEntryType.Directory => $"mkdir {place} && chown --reference={Quote(like)} {place} && chmod --reference={Quote(like)} {place}",
            StoreEntryType.SymbolicLink => $"ln -s -- {Quote(action.To.Content)} {spare} && chown -h {owner} {spare} && mv -T {spare} {place}",
            _ when like is null => $"{Print(action.To.Content)} > {spare} && chown {owner} {spare} && chmod 644 {spare} && mv -T {spare} {place}",
            _ => $"cp -a {Quote(like)} {spare} && {Print(action.To.Content)} > {spare} && mv -T {spare} {place}",
        };
    }

    private static string LineOf(PurgeAction action)
    {
        action.Place.FullPath.TryGetParent(out BytePath quarantine);
        return $"[ ! -L {Quote(quarantine.Bytes)} ] && rm -rf --one-file-system -- {Quote(action.Place)}";
    }

    public static string LineOf(RepairAction action) => action switch
    {
        UnmountAction { NamespaceId: 0 } unmount => $"umount {Quote(unmount.Mount.MountPoint.Bytes)}",
        UnmountAction unmount => $"# in mount namespace {unmount.NamespaceId}: umount {Quote(unmount.Mount.MountPoint.Bytes)}",
        BindAction bind => $"mount --bind {Quote(bind.Source.Bytes)} {Quote(bind.Target.Bytes)}{(bind.IsPrivate ? $" && mount --make-private {Quote(bind.Target.Bytes)}" : "")}",
        MountFileSystemAction mount => $"mount -t {Quote(mount.FileSystemType)}{(mount.IsReadOnly ? " -o ro" : "")} {Quote(mount.Device.Bytes)} {Quote(mount.Target.Bytes)}",
        MoveMountAction move => $"{(move.On is null ? $"mkdir -p {Quote(move.Target.Bytes)} && " : "")}mount --move {Quote(move.Mount.MountPoint.Bytes)} {Quote(move.Target.Bytes)}",
        MakePrivateAction make => $"mount --make-private {Quote(make.Mount.MountPoint.Bytes)}",
        JoinPeersAction join => $"# make {Quote(join.Mount.MountPoint.Bytes)} a peer of the mount below it (move_mount(2) with MOVE_MOUNT_SET_GROUP)",
        MakePlaceAction place => $"mkdir -p {Quote(place.Place.Bytes)} && mount --bind {Quote(place.Place.Bytes)} {Quote(place.Place.Bytes)} && mount --make-private {Quote(place.Place.Bytes)}",
        RemovePlaceAction place => $"umount {Quote(place.Place.Bytes)} && rmdir {Quote(place.Place.Bytes)}/* {Quote(place.Place.Bytes)}",
        ContainerAction { Start: true } container => $"$ENGINE start {Quote(container.ContainerId)}",
        ContainerAction container => $"$ENGINE stop {Quote(container.ContainerId)}",
        RestartEngineAction => "$RESTART_ENGINE",
        ReplaceConfigurationAction replace => ConfigurationSteps.LineOf(replace),
        SetModuleParameterAction set => $"printf %s {Quote(ByteString.FromText(set.To))} > {Quote(ModuleParameters.PathOf(set.Parameter).Bytes)}",
        ReplaceEntryAction replace => LineOf(replace),
        PurgeAction purge => LineOf(purge),
        MoveEntryAction move => $"{(move.Synchronize ? $"sync -f {Quote(move.From)} && " : "")}mv -nT {Quote(move.From)} {Quote(move.To)}",
        SetAttributeAction set => $"chattr {(set.IsSet ? '+' : '-')}{(set.Attribute == EntryAttribute.Immutable ? 'i' : 'a')} {Quote(set.Place)}",
        _ => ":",
    };
}
