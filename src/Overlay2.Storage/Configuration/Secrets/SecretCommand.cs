using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.Configuration.Secrets;

/// <summary>Takes out of a command line what is not known to be harmless: the program, flags, paths and values of known flags stay.</summary>
/// <param name="hasProgram">Whether the first word is a program.</param>
internal sealed class SecretCommand(bool hasProgram)
{
    private bool _isProgram = hasProgram;
    private bool _isSubcommand;

    /// <summary>The flag that waits for its value.</summary>
    private ByteString? _flag;

    /// <summary>The words of a running process.</summary>
    public static List<ByteString> Filter(IEnumerable<ByteString> words)
    {
        List<ByteString> settled = [.. words];
        for (int i = 0; i < SecretMarker.MostPasses; i++)
        {
            var command = new SecretCommand(hasProgram: true);
            List<ByteString> next = [.. settled.Select(word => command.Show(word.Span))];
            if (next.SequenceEqual(settled))
                return settled;
            settled = next;
        }

        return [.. settled.Select(static _ => new ByteString(SecretMarker.Text))];
    }

    /// <summary>A command as text, with quotes, over several lines where a line ends with a backslash.</summary>
    public static byte[] FilterLine(ReadOnlySpan<byte> text, bool hasProgram)
    {
        List<byte> filtered = new(text.Length);
        new SecretCommand(hasProgram).Add(filtered, text);
        return [.. filtered];
    }

    /// <summary>Adds the next part of the command as it is shown.</summary>
    public void Add(List<byte> filtered, ReadOnlySpan<byte> text)
    {
        int at = 0;
        while (at < text.Length)
        {
            int end = EndOfWord(text, at);
            if (end == at)
            {
                int length = text[at] == (byte)'\\' ? Math.Min(2, text.Length - at) : 1;
                filtered.AddRange(text.Slice(at, length));
                at += length;
                continue;
            }

            AddWord(filtered, text[at..end]);
            at = end;
        }
    }

    /// <summary>The next word as it is shown.</summary>
    private ByteString Show(ReadOnlySpan<byte> word)
    {
        if (_isProgram)
            return ShowProgram(word);
        if (_flag is { } flag && !(word is [(byte)'-', ..] && !SecretNames.IsSecret(flag.Span)))
        {
            _flag = null;
            return IsVariable(word) && !SecretNames.IsSecret(flag.Span) ? new ByteString(word) : SecretSettings.Show(flag.Span, word);
        }

        _flag = null;
        if (word is [(byte)'-', _, ..])
            return ShowFlag(word);
        bool isSubcommand = _isSubcommand;
        _isSubcommand = false;
        if (IsVariable(word) || !word.ContainsAnyExcept(SecretCharacters.Signs) || SecretShapes.IsPath(word) || (isSubcommand && IsSubcommand(word)))
        {
            _isProgram = word.SequenceEqual("|"u8) || word.SequenceEqual("||"u8) || word.SequenceEqual("&&"u8) || word.SequenceEqual(";"u8);
            return new ByteString(word);
        }

        // The value of a variable that stands behind a flag elsewhere.
        int equals = word.IndexOf((byte)'=');
        if (IsDriver(word) || (equals > 0 && word[..equals].IndexOf((byte)'.') > 0 && SecretSettings.IsHarmless(word[..equals])))
            return SecretText.Filter(word);
        return word.IndexOf("://"u8) > 0 ? SecretText.Filter(word) : new ByteString(SecretMarker.Text);
    }

    /// <summary>What stands before a program: signs of the service manager, assignments for it alone.</summary>
    private ByteString ShowProgram(ReadOnlySpan<byte> word)
    {
        int equals = word.IndexOf((byte)'=');
        if (equals > 0 && word[..equals].IndexOfAnyExcept(SecretCharacters.Variable) < 0)
            return new ByteString([.. word[..(equals + 1)], .. SecretMarker.Text]);
        _isProgram = false;
        _isSubcommand = true;
        return SecretText.FilterName(new ByteString(word));
    }

    private ByteString ShowFlag(ReadOnlySpan<byte> word)
    {
        int dashes = word.StartsWith("--"u8) ? 2 : 1;
        int length = word[dashes..].IndexOfAnyExcept(SecretCharacters.Flag);
        int end = length < 0 ? word.Length : dashes + length;
        ReadOnlySpan<byte> name = word[dashes..end];
        if (end < word.Length && word[end] != (byte)'=')
            return dashes == 1 && !name.IsEmpty && (char)name[0] is >= 'A' and <= 'z' ? ShowAttached(word) : new ByteString(SecretMarker.Text);
        if (SecretText.FilterName(new ByteString(name)).Span.SequenceEqual(SecretMarker.Text) || SecretShapes.LooksRandom(name))
            return new ByteString(SecretMarker.Text);
        if (dashes == 1 && name.Length > 1 && end == word.Length && !SecretSettings.IsHarmless(name) && !IsWord(name))
            return ShowAttached(word);
        if (end < word.Length)
            return new ByteString([.. word[..(end + 1)], .. SecretSettings.Show(name, word[(end + 1)..]).Span]);
        if (!IsSwitch(name, dashes))
            _flag = new ByteString(name);
        return new ByteString(word);
    }

    /// <summary>A short flag with its value: <c>-soverlay2</c>.</summary>
    private static ByteString ShowAttached(ReadOnlySpan<byte> word) => new([.. word[..2], .. SecretSettings.Show(word.Slice(1, 1), word[2..]).Span]);

    private static bool IsSwitch(ReadOnlySpan<byte> name, int dashes) => dashes == 1 && name.Length == 1
        ? EngineDirectives.OfShort((char)name[0]) is { Type: DirectiveType.Switch }
        : EngineDirectives.OfFlag(System.Text.Encoding.Latin1.GetString(name)) is { Type: DirectiveType.Switch };

    private static bool IsWord(ReadOnlySpan<byte> name) => !name.ContainsAnyExcept(SecretCharacters.Word) && name[0] is not ((byte)'p' or (byte)'u') || SecretNames.IsSecret(name);

    private static bool IsSubcommand(ReadOnlySpan<byte> word) => word.Length <= 8 && System.Text.Encoding.Latin1.GetString(word) is
        "daemon" or "run" or "start" or "stop" or "restart" or "serve" or "exec" or "mount" or "umount" or "login" or "pull" or "push" or "config" or "system" or "compose" or "up" or "down" or "create" or "rm" or "info" or "volume";

    private static bool IsDriver(ReadOnlySpan<byte> word) => word.Length <= 14 && System.Text.Encoding.Latin1.GetString(word) is
        "overlay2" or "overlay" or "overlayfs" or "fuse-overlayfs" or "vfs" or "aufs" or "btrfs" or "zfs" or "devicemapper" or "native" or "stargz" or "nydus" or "json-file" or "journald" or "local" or "syslog";

    private static bool IsVariable(ReadOnlySpan<byte> word)
    {
        if (word is not [(byte)'$', _, ..])
            return false;
        ReadOnlySpan<byte> name = word is [_, (byte)'{', .., (byte)'}'] ? word[2..^1] : word[1..];
        return !name.IsEmpty && name.IndexOfAnyExcept(SecretCharacters.Variable) < 0;
    }

    private void AddWord(List<byte> filtered, ReadOnlySpan<byte> raw)
    {
        // What has a quote that is not closed no program gets.
        bool isWhole = UnitWords.TrySplit(raw, out List<byte[]> words) && words.Count == 1;
        ReadOnlySpan<byte> word = isWhole ? words[0] : raw;
        ByteString shown = Show(word);
        if (!isWhole && raw.ContainsAny((byte)'"', (byte)'\''))
            shown = new ByteString(SecretMarker.Text);
        if (shown.Span.SequenceEqual(word))
        {
            filtered.AddRange(raw);
            return;
        }

        byte quote = raw[0] is (byte)'"' or (byte)'\'' ? raw[0] : (byte)0;
        bool fits = !shown.Span.ContainsAny(SecretCharacters.Quoted);
        int lines = raw.Count((byte)'\n');
        if (quote != 0)
            filtered.Add(quote);
        filtered.AddRange(fits ? shown.Span : SecretMarker.Text);
        for (int i = 0; i < lines; i++)
            filtered.AddRange("\\\n"u8);
        if (quote != 0)
            filtered.Add(quote);
    }

    public static int EndOfWord(ReadOnlySpan<byte> text, int at)
    {
        byte quote = 0;
        for (int i = at; i < text.Length; i++)
        {
            byte value = text[i];
            if (value == (byte)'\\' && i + 1 < text.Length)
            {
                if (text[i + 1] is (byte)'\n' or (byte)'\r' && quote == 0)
                    return i;
                i++;
            }
            else if (quote != 0)
            {
                quote = value == quote ? (byte)0 : quote;
            }
            else if (value is (byte)'"' or (byte)'\'')
            {
                quote = value;
            }
            else if (value is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n')
            {
                return i;
            }
        }

        return text.Length;
    }
}
