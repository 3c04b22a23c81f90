namespace Overlay2.Storage.Configuration.Secrets;

internal ref partial struct SecretScanner
{
    /// <summary>Takes out a value: what is quoted, what is in brackets item by item, else a word with all that belongs to it.</summary>
    /// <param name="start">Its first byte.</param>
    /// <param name="quote">The quote that stands before the name and so ends the value too; 0 for none.</param>
    /// <param name="toEnd">Whether the value has several words.</param>
    /// <param name="keepsPaths">Whether a path is none: the short flag of a password is that of a file elsewhere.</param>
    private void TakeValue(int start, byte quote, bool toEnd, bool keepsPaths)
    {
        ReadOnlySpan<byte> value = _text[start..];
        if (value[0] is (byte)'[' or (byte)'{' && quote == 0)
        {
            TakeItems(start);
            if (_at < _text.Length && !IsEnd(_at) && _text[_at] != (byte)'\\')
                Replace(_at, EndOfRaw(_at, quote));
            return;
        }

        if (quote == 0 && TakeQuoted(start))
            return;
        int end = toEnd ? EndOfAll(start, quote) : EndOfRaw(start, quote);
        if (!toEnd && IsScheme(_text[start..end]) && end < _text.Length && _text[end] is (byte)' ' or (byte)'\t' && SkipBlanks(end) is var next && next < _text.Length && !EndsWord(_text[next]))
            end = EndOfRaw(next, quote);
        _at = Math.Max(_at + 1, end);
        if (!SecretShapes.IsSwitch(_text[start..end]) && !(keepsPaths && SecretShapes.IsPath(_text[start..end])))
            Replace(start, end);

        // A backslash at the end of a line joins it with the next one: what follows without a blank is the same value.
        while (IsAt(_at, "\\\n"u8) && _at + 2 < _text.Length && !EndsWord(_text[_at + 2]))
        {
            int joined = _at + 2;
            end = EndOfRaw(joined, quote);
            _at = Math.Max(joined + 1, end);
            Replace(joined, end);
        }
    }

    /// <summary>A value in quotes, those that are escaped in JSON and those of three included; nothing if more follows on the quote.</summary>
    private bool TakeQuoted(int start)
    {
        int escape = 0;
        while (escape < MostEscapes && start + escape + 1 < _text.Length && _text[start + escape] == (byte)'\\')
            escape++;
        byte quote = _text[start + escape];
        if (quote is not ((byte)'"' or (byte)'\'' or (byte)'`'))
            return false;
        int length = escape + 1;
        ReadOnlySpan<byte> mark = _text.Slice(start, length);
        int close;
        if (escape == 0 && start + 2 < _text.Length && _text[start + 1] == quote && _text[start + 2] == quote)
        {
            length = 3;
            mark = _text.Slice(start, length);
            close = _text[(start + length)..].IndexOf(mark);
            close = close < 0 ? _text.Length : start + length + close;
        }
        else if (escape > 0)
        {
            close = _text[(start + length)..].IndexOf(mark);
            close = close < 0 ? EndOfLine(start) : start + length + close;
        }
        else
        {
            close = start + length;
            while (close < _text.Length && _text[close] != quote && _text[close] is not ((byte)'\r' or (byte)'\n'))
                close += _text[close] == (byte)'\\' && close + 1 < _text.Length && _text[close + 1] is not ((byte)'\r' or (byte)'\n') ? 2 : 1;
            close = Math.Min(close, _text.Length);
        }

        int behind = Math.Min(close + length, _text.Length);
        bool isWhole = close < _text.Length && (behind >= _text.Length || IsEnd(behind) || _text[behind] == (byte)'\\');
        if (!isWhole)
        {
            // 'a'b is one value of a shell.
            int end = close < _text.Length && _text[close] == quote ? EndOfRaw(behind, quote: 0) : close;
            _at = Math.Max(_at + 1, end);
            Replace(start, end);
            return true;
        }

        int first = start + length;
        _at = behind;
        if (!SecretShapes.IsSwitch(_text[first..close]))
            Replace(first, close);
        _at = Math.Max(_at, behind);
        return true;
    }

    /// <summary>Everything in brackets but what gives it its structure: names of members, brackets, commas.</summary>
    private void TakeItems(int start)
    {
        int depth = 0;
        int i = start;
        while (i < _text.Length)
        {
            byte value = _text[i];
            if (value is (byte)'[' or (byte)'{')
                depth++;
            else if (value is (byte)']' or (byte)'}')
                depth--;
            else if (value is not ((byte)',' or (byte)':' or (byte)'=') && !s_blanks.Contains(value))
            {
                i = TakeItem(i);
                continue;
            }

            i++;
            if (depth == 0)
                break;
        }

        _at = Math.Max(_at + 1, i);
    }

    private int TakeItem(int start)
    {
        byte quote = _text[start];
        int first = start;
        int end;
        if (quote is (byte)'"' or (byte)'\'')
        {
            first++;
            end = first;
            while (end < _text.Length && _text[end] != quote)
                end += _text[end] == (byte)'\\' ? 2 : 1;
            end = Math.Min(end, _text.Length);
        }
        else
        {
            quote = 0;
            end = start + 1;
            while (end < _text.Length && _text[end] is not ((byte)',' or (byte)']' or (byte)'}' or (byte)':' or (byte)'=') && !s_blanks.Contains(_text[end]))
                end++;
        }

        int behind = Math.Min(quote == 0 ? end : end + 1, _text.Length);
        int next = SkipBlanks(behind);
        bool isName = next < _text.Length && _text[next] is (byte)':' or (byte)'=';
        if (!isName && !SecretShapes.IsSwitch(_text[first..end]))
            Replace(first, end);
        return Math.Max(behind, start + 1);
    }

    /// <summary>The end of a word that is a value: a comma or a quote in it may belong to it.</summary>
    private readonly int EndOfRaw(int start, byte quote)
    {
        int i = start;
        while (i < _text.Length && !s_blanks.Contains(_text[i]))
        {
            byte value = _text[i];
            switch (value)
            {
                case (byte)'\\' when i + 1 < _text.Length:
                    if (_text[i + 1] is (byte)'\r' or (byte)'\n' || (_text[i + 1] is (byte)'"' or (byte)'\'' && IsEnd(i + 2)))
                        return i;
                    i += 2;
                    continue;
                case (byte)'"' or (byte)'\'' or (byte)'`':
                    if (value == quote || IsEnd(i + 1))
                        return i;
                    int piece = _text[(i + 1)..].IndexOfAny(value, (byte)'\r', (byte)'\n');
                    i += piece < 0 || _text[i + 1 + piece] != value ? 1 : piece + 2;
                    continue;
                case (byte)',' or (byte)';' or (byte)'&' when i > start && (IsEnd(i + 1) || IsNamed(i + 1)):
                    return i;
                case (byte)')' or (byte)']' or (byte)'}' or (byte)'>' when i > start && IsEnd(i + 1):
                    return i;
                default:
                    i++;
                    continue;
            }
        }

        return Math.Min(i, _text.Length);
    }

    private readonly int EndOfAll(int start, byte quote)
    {
        if (quote == 0)
            return EndOfLine(start);
        int length = _text[start..].IndexOfAny(quote, (byte)'\r', (byte)'\n');
        return length < 0 ? _text.Length : start + length;
    }

    /// <summary>Whether nothing that belongs to a word follows.</summary>
    private readonly bool IsEnd(int at) => at >= _text.Length || s_blanks.Contains(_text[at]) || _text[at] is (byte)',' or (byte)';' or (byte)':' or (byte)')' or (byte)']' or (byte)'}' or (byte)'>' or (byte)'"' or (byte)'\'' or (byte)'&';

    /// <summary>Whether another <c>name=value</c> follows.</summary>
    private readonly bool IsNamed(int at)
    {
        ReadOnlySpan<byte> rest = _text[at..Math.Min(_text.Length, at + MostNameAhead)];
        int end = rest.IndexOfAnyExcept(s_name);
        return end > 0 && rest[end] is (byte)'=';
    }
}
