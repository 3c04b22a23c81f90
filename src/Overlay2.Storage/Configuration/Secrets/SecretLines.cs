using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.Configuration.Secrets;

/// <summary>Takes secrets out of configuration in lines of <c>name = value</c> below headers: TOML, and what is like it. Not by its grammar, so that a broken file has none either.</summary>
internal sealed class SecretLines(byte[] text)
{
    private readonly List<byte> _filtered = new(text.Length);
    private bool _isSecretTable;
    private int _at;

    /// <summary>The text of a file without secrets.</summary>
    public static byte[] Filter(ReadOnlySpan<byte> text)
    {
        var lines = new SecretLines(text.ToArray());
        while (lines._at < text.Length)
            lines.TakeLine();
        return [.. lines._filtered];
    }

    private void TakeLine()
    {
        int end = EndOfLine(_at);
        ReadOnlySpan<byte> line = text.AsSpan(_at, end - _at);
        ReadOnlySpan<byte> content = line.Trim(" \t\r"u8);
        int equals = Equals(line);
        if (content.IsEmpty)
        {
            Emit(line, end);
        }
        else if (content[0] is (byte)'#' or (byte)';')
        {
            Emit(SecretText.FilterComment(line).Span, end);
        }
        else if (content[0] == (byte)'[' && equals < 0)
        {
            _isSecretTable = IsSecretHeader(content);
            Emit(SecretText.FilterName(new ByteString(line)).Span, end);
        }
        else if (equals > 0)
        {
            TakeMember(line, equals);
        }
        else
        {
            Emit(SecretMarker.Text, end);
        }
    }

    private void Emit(ReadOnlySpan<byte> shown, int end)
    {
        _filtered.AddRange(shown);
        if (end < text.Length)
            _filtered.Add((byte)'\n');
        _at = end + 1;
    }

    /// <summary>A value may be a text of several lines, or a list.</summary>
    private void TakeMember(ReadOnlySpan<byte> line, int equals)
    {
        ReadOnlySpan<byte> name = line[..equals].Trim(" \t\"'"u8);
        int start = _at + equals + 1;
        int end = EndOfValue(start);
        ReadOnlySpan<byte> value = text.AsSpan(start, end - start);
        bool isSecret = _isSecretTable || (SecretNames.IsSecret(name) && !SecretSettings.IsHarmless(name));
        _filtered.AddRange(SecretNames.Show(line[..equals]).Span);
        _filtered.Add((byte)'=');
        AddItems(isSecret ? default : name, value, isSecret);
        _at = end;
        if (_at < text.Length && text[_at] == (byte)'\n')
        {
            _filtered.Add((byte)'\n');
            _at++;
        }
    }

    /// <summary>Texts and bare words; names in tables in a line, brackets, commas and comments are what is between them.</summary>
    private void AddItems(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, bool isSecret)
    {
        ReadOnlySpan<byte> current = name;
        bool isCurrentSecret = isSecret;
        int i = 0;
        while (i < value.Length)
        {
            byte start = value[i];
            if (start == (byte)'#')
            {
                int line = value[i..].IndexOf((byte)'\n');
                ReadOnlySpan<byte> comment = line < 0 ? value[i..] : value.Slice(i, line);
                _filtered.AddRange(SecretText.FilterComment(comment).Span);
                i += comment.Length;
                continue;
            }

            if (start is (byte)'[' or (byte)']' or (byte)'{' or (byte)'}' or (byte)',' or (byte)'=' || start <= (byte)' ')
            {
                _filtered.Add(start);
                i++;
                continue;
            }

            int end = EndOfItem(value, i, out int quotes);
            ReadOnlySpan<byte> item = value[(i + quotes)..Math.Max(i + quotes, end - quotes)];
            int next = end;
            while (next < value.Length && value[next] is (byte)' ' or (byte)'\t')
                next++;
            if (next < value.Length && value[next] == (byte)'=')
            {
                current = item;
                isCurrentSecret = isSecret || (SecretNames.IsSecret(item) && !SecretSettings.IsHarmless(item));
                _filtered.AddRange(SecretText.FilterName(new ByteString(value[i..end])).Span);
            }
            else
            {
                AddItem(value[i..end], item, quotes, current, isCurrentSecret);
            }

            i = end;
        }
    }

    private void AddItem(ReadOnlySpan<byte> whole, ReadOnlySpan<byte> item, int quotes, ReadOnlySpan<byte> name, bool isSecret)
    {
        bool isNumber = quotes == 0 && !isSecret && !item.ContainsAnyExcept(SecretCharacters.Number);
        ByteString shown = SecretShapes.IsSwitch(item) || isNumber ? new ByteString(item) : isSecret ? new ByteString(SecretMarker.Text) : SecretSettings.Show(name, item);
        if (shown.Span.SequenceEqual(item))
        {
            _filtered.AddRange(whole);
            return;
        }

        byte quote = whole[0] == (byte)'\'' ? (byte)'\'' : (byte)'"';
        int marks = Math.Max(1, quotes);
        _filtered.AddRange(Enumerable.Repeat(quote, marks));
        if (shown.Span.IndexOfAny((byte)'\n', quote) < 0)
        {
            _filtered.AddRange(shown.Span);
            _filtered.AddRange(Enumerable.Repeat((byte)'\n', whole.Count((byte)'\n')));
        }
        else
        {
            SecretMarker.Add(_filtered, whole);
        }

        _filtered.AddRange(Enumerable.Repeat(quote, marks));
    }

    /// <summary>The end of the value: that of its line, or of the bracket or text that it opens.</summary>
    private int EndOfValue(int start)
    {
        int depth = 0;
        int i = start;
        while (i < text.Length)
        {
            byte value = text[i];
            if (value == (byte)'\n' && depth <= 0)
                return i;
            if (value is (byte)'[' or (byte)'{')
                depth++;
            else if (value is (byte)']' or (byte)'}')
                depth--;
            if (value == (byte)'#')
            {
                i = EndOfLine(i);
                continue;
            }

            i = value is (byte)'"' or (byte)'\'' ? EndOfItem(text, i, out _) : i + 1;
        }

        return text.Length;
    }

    private static int EndOfItem(ReadOnlySpan<byte> text, int start, out int quotes)
    {
        byte quote = text[start];
        if (quote is not ((byte)'"' or (byte)'\''))
        {
            quotes = 0;
            int length = text[start..].IndexOfAny(SecretCharacters.EndOfItem);
            return length < 0 ? text.Length : Math.Max(start + length, start + 1);
        }

        ReadOnlySpan<byte> mark = text.Slice(start, 1);
        if (text.Length > start + 2 && text[start + 1] == quote && text[start + 2] == quote)
        {
            quotes = 3;
            mark = text.Slice(start, 3);
            int close = text[(start + 3)..].IndexOf(mark);
            return close < 0 ? text.Length : start + close + 6;
        }

        // A text in single quotes has no escapes, and neither goes beyond its line.
        quotes = 1;
        for (int i = start + 1; i < text.Length; i++)
        {
            if (text[i] == quote)
                return i + 1;
            if (text[i] == (byte)'\n')
                return i;
            if (text[i] == (byte)'\\' && quote == (byte)'"' && i + 1 < text.Length && text[i + 1] != (byte)'\n')
                i++;
        }

        return text.Length;
    }

    private static bool IsSecretHeader(ReadOnlySpan<byte> header)
    {
        foreach (Range part in header.Split((byte)'.'))
        {
            if (SecretNames.IsSecret(header[part].Trim("[]\"' \t"u8)))
                return true;
        }

        return false;
    }

    /// <summary>The sign of an assignment, outside of the quotes of a name.</summary>
    private static int Equals(ReadOnlySpan<byte> line)
    {
        byte quote = 0;
        for (int i = 0; i < line.Length; i++)
        {
            if (quote != 0)
                quote = line[i] == quote ? (byte)0 : quote;
            else if (line[i] is (byte)'"' or (byte)'\'')
                quote = line[i];
            else if (line[i] == (byte)'=')
                return i;
        }

        return -1;
    }

    private int EndOfLine(int start)
    {
        int length = text.AsSpan(start).IndexOf((byte)'\n');
        return length < 0 ? text.Length : start + length;
    }
}
