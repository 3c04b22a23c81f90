using System.Globalization;
using System.Text;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Kernel;
using Overlay2.Storage.Simulation;
using Answer = System.Func<Overlay2.Storage.Simulation.OverlaySimulator, Overlay2.Cli.Shell.ShellAnswer>;

namespace Overlay2.Cli.Shell;

/// <summary>The calls of the shell.</summary>
internal static class ShellCommands
{
    public const string Help = """
        stat PATH | access PATH R|W|X | readlink PATH | ls PATH | cat PATH
        mkdir PATH [MODE] | mkfifo PATH [MODE] | symlink TEXT PATH | link PATH NEW | unlink PATH | rmdir PATH
        rename PATH NEW | exchange PATH PATH | truncate PATH SIZE | chmod PATH MODE | chown PATH UID GID | touch PATH
        setxattr PATH NAME VALUE | getxattr PATH NAME | listxattr PATH | removexattr PATH NAME
        open PATH FLAGS [MODE] (RDONLY WRONLY RDWR, with CREAT EXCL TRUNC APPEND DIRECTORY NOFOLLOW TMPFILE PATH, joined by commas)
        read FD OFFSET LENGTH | write FD OFFSET TEXT | fstat FD | ftruncate FD SIZE | fsync FD | close FD | map FD | readmap MAP OFFSET LENGTH
        upper (what the upper layer holds) | user UID (who calls; 0 is the superuser)
        preview CALL (the answer, nothing changed) | undo | snapshot NAME | restore NAME | help | quit
        A path is taken from the root of the overlay; words with spaces go in double quotes.
        """;

    private const int LargestRead = 1 << 20;

    /// <exception cref="UsageException">The words are no call.</exception>
    public static Answer Parse(string[] words)
    {
        switch (words)
        {
            case ["stat", var p]: { BytePath path = Path(p); return s => ShellAnswer.Of(s.Stat(path, follow: false), Status); }
            case ["access", var p, var want]: { BytePath path = Path(p); int mask = Want(want); return s => ShellAnswer.Of(s.Access(path, mask)); }
            case ["readlink", var p]: { BytePath path = Path(p); return s => ShellAnswer.Of(s.ReadLink(path), static to => [("to", to.ToString())]); }
            case ["ls", var p]: { BytePath path = Path(p); return s => ShellAnswer.Of(s.ReadDirectory(path), Names); }
            case ["cat", var p]: { BytePath path = Path(p); return s => Cat(s, path); }
            case ["mkdir", var p, .. var rest]: { BytePath path = Path(p); int mode = Mode(rest, 0x1FF); return s => ShellAnswer.Of(s.MakeDirectory(path, mode)); }
            case ["mkfifo", var p, .. var rest]: { BytePath path = Path(p); int mode = Mode(rest, 0x1B6); return s => ShellAnswer.Of(s.MakeNode(path, FileType.Fifo, mode, default)); }
            case ["symlink", var text, var p]: { BytePath path = Path(p), to = BytePath.FromText(text); return s => ShellAnswer.Of(s.MakeSymbolicLink(to, path)); }
            case ["link", var p, var n]: { BytePath path = Path(p), to = Path(n); return s => ShellAnswer.Of(s.Link(path, to, follow: false)); }
            case ["unlink", var p]: { BytePath path = Path(p); return s => ShellAnswer.Of(s.Unlink(path)); }
            case ["rmdir", var p]: { BytePath path = Path(p); return s => ShellAnswer.Of(s.RemoveDirectory(path)); }
            case ["rename", var p, var n]: { BytePath path = Path(p), to = Path(n); return s => ShellAnswer.Of(s.Rename(path, to, RenameFlags.None)); }
            case ["exchange", var p, var n]: { BytePath path = Path(p), to = Path(n); return s => ShellAnswer.Of(s.Rename(path, to, RenameFlags.Exchange)); }
            case ["truncate", var p, var n]: { BytePath path = Path(p); long size = Number(n); return s => ShellAnswer.Of(s.Truncate(path, size)); }
            case ["chmod", var p, var n]: { BytePath path = Path(p); int mode = Mode([n], 0); return s => ShellAnswer.Of(s.ChangeMode(path, mode)); }
            case ["chown", var p, var u, var g]: { BytePath path = Path(p); uint uid = Id(u), gid = Id(g); return s => ShellAnswer.Of(s.ChangeOwner(path, uid, gid, follow: false)); }
            case ["touch", var p]: { BytePath path = Path(p); return s => ShellAnswer.Of(s.Touch(path, follow: true)); }
            case ["setxattr", var p, var n, var v]: { BytePath path = Path(p); ByteString name = ByteString.FromText(n); byte[] value = Encoding.UTF8.GetBytes(v); return s => ShellAnswer.Of(s.SetExtendedAttribute(path, name, value, AttributeMode.Any, follow: false)); }
            case ["getxattr", var p, var n]: { BytePath path = Path(p); ByteString name = ByteString.FromText(n); return s => ShellAnswer.Of(s.GetExtendedAttribute(path, name, follow: false), static v => [("value", new ByteString(v).ToString())]); }
            case ["listxattr", var p]: { BytePath path = Path(p); return s => ShellAnswer.Of(s.ListExtendedAttributes(path, follow: false), static names => [("names", string.Join(' ', names))]); }
            case ["removexattr", var p, var n]: { BytePath path = Path(p); ByteString name = ByteString.FromText(n); return s => ShellAnswer.Of(s.RemoveExtendedAttribute(path, name, follow: false)); }
            case ["open", var p, var f, .. var rest]: { BytePath path = Path(p); OpenFlags flags = Flags(f); int mode = Mode(rest, 0x1B6); return s => ShellAnswer.Of(s.Open(path, flags, mode), static fd => [("fd", Show(fd))]); }
            case ["upper"]: return static s => new ShellAnswer(LinuxError.OK, [.. Upper(s)], []);
            case ["user", var u]: { uint uid = Id(u); return s => Become(s, uid); }
            default: return OnDescriptor(words);
        }
    }

    private static Answer OnDescriptor(string[] words)
    {
        switch (words)
        {
            case ["read", var d, var o, var l]: { int fd = Small(d), length = Math.Min(Small(l), LargestRead); long offset = Number(o); return s => ShellAnswer.Of(s.Read(fd, offset, length), Content); }
            case ["write", var d, var o, var t]: { int fd = Small(d); long offset = Number(o); byte[] text = Encoding.UTF8.GetBytes(t); return s => ShellAnswer.Of(s.Write(fd, offset, text), static n => [("n", Show(n))]); }
            case ["fstat", var d]: { int fd = Small(d); return s => ShellAnswer.Of(s.StatDescriptor(fd), Status); }
            case ["ftruncate", var d, var n]: { int fd = Small(d); long size = Number(n); return s => ShellAnswer.Of(s.TruncateDescriptor(fd, size)); }
            case ["fsync", var d]: { int fd = Small(d); return s => ShellAnswer.Of(s.Sync(fd)); }
            case ["close", var d]: { int fd = Small(d); return s => ShellAnswer.Of(s.Close(fd)); }
            case ["map", var d]: { int fd = Small(d); return s => ShellAnswer.Of(s.Map(fd), static map => [("map", Show(map))]); }
            case ["readmap", var m, var o, var l]: { int map = Small(m), length = Math.Min(Small(l), LargestRead); long offset = Number(o); return s => ShellAnswer.Of(s.ReadMapping(map, offset, length), Content); }
            default: throw new UsageException($"\"{string.Join(' ', words)}\" is no command; \"help\" lists them.");
        }
    }

    private static ShellAnswer Cat(OverlaySimulator simulator, BytePath path)
    {
        OperationResult<int> file = simulator.Open(path, OpenFlags.ReadOnly, 0);
        if (!file.IsSuccess)
            return new ShellAnswer(file.Error, [], file.Effects);
        OperationResult<byte[]> bytes = simulator.Read(file.Value, 0, LargestRead);
        simulator.Close(file.Value);
        return ShellAnswer.Of(bytes, Content);
    }

    private static ShellAnswer Become(OverlaySimulator simulator, uint uid)
    {
        simulator.Caller = uid == 0 ? Credentials.Root : Credentials.User(uid);
        return new ShellAnswer(LinuxError.OK, [], []);
    }

    private static IEnumerable<(string Name, string Value)> Upper(OverlaySimulator simulator)
    {
        foreach (LayerEntry entry in simulator.ReadUpper()?.Entries ?? [])
        {
            bool isWhiteout = entry.Type == FileType.CharacterDevice && entry.Device == default && entry.HardLinkTo is null;
            string what = entry.HardLinkTo is { } first ? $"hardlink({first})" : isWhiteout ? "whiteout" : entry.Type.ToString().ToLowerInvariant();
            yield return ("/" + entry.Path, entry.ExtendedAttributes.Count == 0 ? what : $"{what}[{string.Join(',', entry.ExtendedAttributes.Keys)}]");
        }
    }

    private static IEnumerable<(string Name, string Value)> Status(FileStatus? status)
    {
        FileStatus s = status!;
        yield return ("type", s.Type.ToString().ToLowerInvariant());
        yield return ("mode", Convert.ToString(s.Mode, 8).PadLeft(4, '0'));
        yield return ("uid", Show(s.Uid));
        yield return ("gid", Show(s.Gid));
        yield return ("links", Show(s.LinkCount));
        yield return ("size", Show(s.Size));
        yield return ("dev", $"{s.ContainingDevice.Major}:{s.ContainingDevice.Minor}");
        yield return ("ino", s.InodeNumber.ToString(CultureInfo.InvariantCulture));
    }

    private static IEnumerable<(string Name, string Value)> Names(IReadOnlyList<DirectoryEntry> entries) =>
        [("names", string.Join(' ', entries.Select(static entry => entry.Name).Order()))];

    private static IEnumerable<(string Name, string Value)> Content(byte[] bytes) => [("n", Show(bytes.Length)), ("text", new ByteString(bytes).ToString())];

    private static string Show(long value) => value.ToString(CultureInfo.InvariantCulture);

    private static BytePath Path(string text) => BytePath.FromText(text == "." ? "" : text);

    private static long Number(string text) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long value) ? value : throw new UsageException($"{text} is no number.");

    private static int Small(string text) =>
        int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int value) ? value : throw new UsageException($"{text} is no number.");

    private static uint Id(string text) =>
        uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out uint value) ? value : throw new UsageException($"{text} is no user or group number.");

    private static int Mode(string[] rest, int otherwise)
    {
        if (rest.Length == 0)
            return otherwise;
        const int LongestMode = 4;
        return rest is [{ Length: > 0 and <= LongestMode } text] && !text.AsSpan().ContainsAnyExceptInRange('0', '7')
            ? Convert.ToInt32(text, 8)
            : throw new UsageException($"{string.Join(' ', rest)} is no octal mode.");
    }

    private static int Want(string text) => text switch
    {
        "R" => 4,
        "W" => 2,
        "X" => 1,
        _ => throw new UsageException($"{text} is none of R, W, X."),
    };

    private static OpenFlags Flags(string text)
    {
        OpenFlags flags = OpenFlags.ReadOnly;
        foreach (string word in text.Split(','))
        {
            flags |= word switch
            {
                "RDONLY" => OpenFlags.ReadOnly,
                "WRONLY" => OpenFlags.WriteOnly,
                "RDWR" => OpenFlags.ReadWrite,
                "CREAT" => OpenFlags.Create,
                "EXCL" => OpenFlags.Exclusive,
                "TRUNC" => OpenFlags.Truncate,
                "APPEND" => OpenFlags.Append,
                "DIRECTORY" => OpenFlags.Directory,
                "NOFOLLOW" => OpenFlags.NoFollow,
                "TMPFILE" => OpenFlags.TemporaryFile,
                "PATH" => OpenFlags.PathOnly,
                _ => throw new UsageException($"{word} is no open flag."),
            };
        }

        return flags;
    }
}
