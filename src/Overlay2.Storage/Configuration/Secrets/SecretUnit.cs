using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.Configuration.Secrets;

/// <summary>Takes secrets out of a unit file: values of variables, what of commands is not known to be harmless, settings with a telling name.</summary>
/// <remarks>Source: systemd.exec(5), systemd.syntax(7): words with quotes and escapes, over several lines where a line ends with a backslash.</remarks>
internal sealed class SecretUnit(byte[] text, HashSet<ByteString> kept)
{
    private readonly List<byte> _filtered = new(text.Length);
    private int _at;

    /// <summary>Whether the section is none of the service manager's.</summary>
    private bool _isForOthers;

    private ReadOnlySpan<byte> Rest => text.AsSpan(_at);

    /// <summary>The text of a unit file without secrets.</summary>
    /// <param name="text">The file.</param>
    /// <param name="kept">The variables that hold words of the engine's command line.</param>
    public static byte[] Filter(ReadOnlySpan<byte> text, HashSet<ByteString> kept)
    {
        var unit = new SecretUnit(text.ToArray(), kept);
        if (text.StartsWith(DaemonJson.ByteOrderMark))
            unit.Emit(unit.Take(DaemonJson.ByteOrderMark.Length));
        while (!unit.Rest.IsEmpty)
            unit.TakeSetting();
        return [.. unit._filtered];
    }

    private void TakeSetting()
    {
        ReadOnlySpan<byte> line = Line(Rest);
        ReadOnlySpan<byte> plain = line.TrimStart(" \t"u8);
        int equals = plain.IndexOf((byte)'=');
        if (IsComment(plain))
        {
            EmitComment(Take(line.Length));
            return;
        }

        if (equals < 0 || plain is [(byte)'[', ..])
        {
            _isForOthers = plain.StartsWith("[X-"u8);
            Emit(SecretText.Filter(Take(line.Length)).Span);
            return;
        }

        ReadOnlySpan<byte> key = plain[..equals].TrimEnd(" \t"u8);
        Emit(SecretNames.Show(Take(line.Length - plain.Length + equals)).Span);
        Emit(Take(1));
        if (key.SequenceEqual("Environment"u8) || key.EndsWith("Environment"u8) || key.SequenceEqual("LogExtraFields"u8))
            TakeParts(EmitVariables);
        else if (key.StartsWith("Exec"u8))
            TakeParts(new SecretCommand(hasProgram: true).Add);
        else if (SecretNames.IsSecret(key) || key.StartsWith("X-"u8) || key.StartsWith("StandardInput"u8) || _isForOthers)
            TakeParts(EmitNothing);
        else
            TakeParts(static (filtered, part) => filtered.AddRange(SecretText.Filter(part).Span));
    }

    /// <summary>The value up to its last line; comments between its lines are none of it.</summary>
    private void TakeParts(Action<List<byte>, ReadOnlySpan<byte>> add)
    {
        bool continues = true;
        while (continues && !Rest.IsEmpty)
        {
            int length = 0;
            while (continues && length < Rest.Length && !(length > 0 && IsComment(Line(Rest[length..]).TrimStart(" \t"u8))))
            {
                ReadOnlySpan<byte> line = Line(Rest[length..]);
                length += line.Length;
                continues = ContinuesBehind(line);
            }

            ReadOnlySpan<byte> part = Take(length);
            int end = part.Length;
            while (end > 0 && !continues && part[end - 1] is (byte)'\n' or (byte)'\r' or 0)
                end--;
            add(_filtered, part[..end]);
            Emit(part[end..]);
            while (continues && !Rest.IsEmpty && IsComment(Line(Rest).TrimStart(" \t"u8)))
                EmitComment(Take(Line(Rest).Length));
        }
    }

    private void EmitVariables(List<byte> filtered, ReadOnlySpan<byte> part)
    {
        int at = 0;
        while (at < part.Length)
        {
            int end = SecretCommand.EndOfWord(part, at);
            if (end > at)
            {
                EmitVariable(part[at..end]);
                at = end;
                continue;
            }

            int length = part[at] == (byte)'\\' ? Math.Min(2, part.Length - at) : 1;
            filtered.AddRange(part.Slice(at, length));
            at += length;
        }
    }

    private void EmitVariable(ReadOnlySpan<byte> raw)
    {
        bool isWhole = UnitWords.TrySplit(raw, out List<byte[]> words) && words.Count == 1;
        ReadOnlySpan<byte> word = isWhole ? words[0] : raw;
        int equals = word.IndexOf((byte)'=');
        if (equals > 0 && isWhole && kept.Contains(new ByteString(word[..equals])))
        {
            ReadOnlySpan<byte> value = word[(equals + 1)..];
            byte[] shown = SecretMarker.Settle(value, static text => SecretCommand.FilterLine(text, hasProgram: false)).Span.ToArray();
            if (word[..equals].EndsWith("_DRIVER"u8))
                shown = SecretText.Filter(value).Span.ToArray();
            if (shown.AsSpan().SequenceEqual(value))
            {
                Emit(raw);
                return;
            }

            _filtered.Add((byte)'"');
            Emit(word[..(equals + 1)]);
            foreach (byte character in shown)
                _filtered.AddRange(character is (byte)'"' or (byte)'\\' ? [(byte)'\\', character] : [character]);
            EmitLines(raw);
            _filtered.Add((byte)'"');
            return;
        }

        HideVariable(raw);
    }

    /// <summary>The name with its quotes, and the marker; what is quoted stays so, and a quote that is not closed stays open.</summary>
    private void HideVariable(ReadOnlySpan<byte> raw)
    {
        byte quote = 0;
        byte quoteOfValue = 0;
        bool isClosed = false;
        int equals = -1;
        for (int i = 0; i < raw.Length; i++)
        {
            byte value = raw[i];
            if (value == (byte)'\\')
            {
                i++;
            }
            else if (value is (byte)'"' or (byte)'\'' && (quote == 0 || quote == value))
            {
                isClosed |= equals >= 0 && quote != 0 && quote == quoteOfValue;
                quote = quote == 0 ? value : (byte)0;
            }
            else if (value == (byte)'=' && equals < 0)
            {
                equals = i;
                quoteOfValue = quote;
            }
        }

        if (equals >= 0)
            {
            ReadOnlySpan<byte> name = SecretNames.Show(raw[..equals]).Span;
            if (quoteOfValue != 0 && !name.Contains(quoteOfValue))
                _filtered.Add(quoteOfValue);
            Emit(name);
            _filtered.Add((byte)'=');
        }

        if (equals < raw.Length - 1)
            Emit(SecretMarker.Text);
        EmitLines(raw);
        if (quoteOfValue != 0 && isClosed && equals < raw.Length - 1)
            _filtered.Add(quoteOfValue);
        if (quote != 0 && (quoteOfValue == 0 || isClosed))
            _filtered.Add(quote);
    }

    private void EmitNothing(List<byte> filtered, ReadOnlySpan<byte> part)
    {
        if (part.Trim(" \t"u8).IsEmpty || SecretShapes.IsSwitch(part.Trim(" \t"u8)))
        {
            filtered.AddRange(part);
            return;
        }

        filtered.AddRange(SecretMarker.Text);
        EmitLines(part);
    }

    /// <summary>As many lines as before, each going on in the next.</summary>
    private void EmitLines(ReadOnlySpan<byte> raw)
    {
        for (int count = raw.Count((byte)'\n'); count > 0; count--)
            Emit("\\\n"u8);
    }

    private void EmitComment(ReadOnlySpan<byte> line)
    {
        int end = line.TrimEnd("\r\n\0"u8).Length;
        Emit(SecretText.FilterComment(line[..end]).Span);
        Emit(line[end..]);
    }

    private void Emit(ReadOnlySpan<byte> shown) => _filtered.AddRange(shown);

    private ReadOnlySpan<byte> Take(int length)
    {
        ReadOnlySpan<byte> taken = Rest[..length];
        _at += length;
        return taken;
    }

    private static bool ContinuesBehind(ReadOnlySpan<byte> line)
    {
        line = line.TrimEnd("\r\n\0"u8);
        return (line.Length - 1 - line.LastIndexOfAnyExcept((byte)'\\')) % 2 == 1;
    }

    private static bool IsComment(ReadOnlySpan<byte> line) => line is [(byte)'#' or (byte)';', ..];

    /// <summary>A line with its end, which the service manager sees in a NUL too.</summary>
    private static ReadOnlySpan<byte> Line(ReadOnlySpan<byte> text)
    {
        int end = text.IndexOfAny("\n\r\0"u8);
        return end < 0 ? text : text[..(end + (text[end..].StartsWith("\r\n"u8) ? 2 : 1))];
    }
}
