using System.Globalization;
using System.Text;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Repair.Hosts;

namespace Overlay2.Storage.Repair.Scripts;

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
        CultureInfo.InvariantCulture, $"{Number(mount.MountId)} {Number(mount.ParentId)} {mount.Major}:{mount.Minor} {Escaped(mount.Root)} {Escaped(mount.MountPoint)} {Escaped(new BytePath(mount.FileSystemType))}");

    /// <summary>A path as mountinfo shows it, as a word.</summary>
    public static string Escaped(BytePath path) => Quote(ByteString.Wrap(OctalEscape.Escape(path.Span, OctalEscapeSet.Path)));

    /// <summary>The last two names of a path: what a mount table shows of it, whatever mount it is on and wherever it is shown.</summary>
    public static string Ending(BytePath path) =>
        Escaped(path.TryGetParent(out BytePath parent) && parent.FileName is { IsEmpty: false } above ? new BytePath(above).Combine(new BytePath(path.FileName)) : path);

    /// <summary>A test whether a file has this very content.</summary>
    public static string Holds(BytePath file, ByteString content) => $"{Print(content)} | cmp -s - {Quote(file.Bytes)}";

    /// <summary>A test whether no link leads away on the path of a place, with what follows it where it does not.</summary>
    public static string Direct(StorePlace place)
    {
        var words = new StringBuilder();
        for (BytePath path = place.Path; path.TryGetParent(out path) && !path.IsEmpty;)
            words.Append(' ').Append(Quote(place.Root.Combine(path).Bytes));
        return words.Length == 0 ? "" : $"direct{words} && ";
    }

    /// <summary>A word that is owner and group of what is at a path, as numbers.</summary>
    public static string OwnerOf(BytePath path) => $"\"$(stat -c %u:%g {Quote(path.Bytes)})\"";

    /// <summary>Commands that make <c>"$NEW/new"</c> in a new directory beside a place, which nobody else can enter or know beforehand, and put it in place.</summary>
    public static string MakeBeside(BytePath place, string make)
    {
        place.TryGetParent(out BytePath parent);
        return $"NEW=$(mktemp -d {Quote(parent.Combine(BytePath.FromText(".overlay2-XXXXXX")).Bytes)}) && {make} && mv -T \"$NEW/new\" {Quote(place.Bytes)} && rmdir \"$NEW\"";
    }

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
}
