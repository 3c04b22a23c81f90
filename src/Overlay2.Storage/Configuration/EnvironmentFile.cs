using System.Runtime.InteropServices;
using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.Configuration;

/// <summary>Reads a file of variables as the service manager reads an <c>EnvironmentFile=</c>.</summary>
/// <remarks>
/// Source: systemd.exec(5). Lines without <c>=</c> and comments are passed over; values may be quoted, in pieces and over several lines; a
/// backslash takes the next character literally, in double quotes only before <c>"</c>, <c>\</c>, <c>$</c> and a backquote; white space
/// around an unquoted value is no part of it.
/// </remarks>
internal ref struct EnvironmentFile(ReadOnlySpan<byte> text)
{
    private readonly ReadOnlySpan<byte> _text = text;
    private readonly List<byte> _value = [];
    private readonly List<int> _places = [];
    private int _at = text.StartsWith(DaemonJson.ByteOrderMark) ? DaemonJson.ByteOrderMark.Length : 0;

    /// <summary>The assignments, in order.</summary>
    public static List<EnvironmentAssignment> Parse(ReadOnlySpan<byte> text)
    {
        EnvironmentFile file = new(text);
        List<EnvironmentAssignment> assignments = [];
        (int Offset, int Line) counted = (0, 1);
        while (file._at < text.Length)
        {
            if (IsSpace(text[file._at]) || IsNewLine(text[file._at]))
            {
                file._at++;
                continue;
            }

            if (text[file._at] is (byte)'#' or (byte)';')
            {
                file.SkipComment();
                continue;
            }

            int start = file._at;
            counted = (start, counted.Line + text[counted.Offset..start].Count((byte)'\n'));
            int length = text[start..].IndexOfAny("=\r\n"u8);
            if (length < 0)
                break;
            file._at = start + length + 1;
            if (text[start + length] != (byte)'=')
                continue;
            ReadOnlySpan<byte> name = text.Slice(start, length).TrimEnd(" \t"u8);
            (int valueStart, int valueEnd) = file.ReadValue();
            assignments.Add(new EnvironmentAssignment(new ByteString(name), new ByteString(CollectionsMarshal.AsSpan(file._value)), [.. file._places], valueStart, valueEnd, counted.Line));
        }

        return assignments;
    }

    private static bool IsSpace(byte value) => value is (byte)' ' or (byte)'\t';

    private static bool IsNewLine(byte value) => value is (byte)'\n' or (byte)'\r';

    private void SkipComment()
    {
        while (_at < _text.Length && !IsNewLine(_text[_at]))
            _at += _text[_at] == (byte)'\\' ? 2 : 1;
    }

    private (int Start, int End) ReadValue()
    {
        _value.Clear();
        _places.Clear();
        while (_at < _text.Length && IsSpace(_text[_at]))
            _at++;
        int start = _at;
        int end = _at;
        int kept = 0;
        bool isUnquoted = false;
        while (_at < _text.Length && !IsNewLine(_text[_at]))
        {
            byte value = _text[_at];
            switch (value)
            {
                // Quotes open only where a piece starts; inside an unquoted piece they are characters like others.
                case (byte)'\'' when !isUnquoted:
                    ReadSingleQuoted();
                    break;
                case (byte)'"' when !isUnquoted:
                    ReadDoubleQuoted();
                    break;
                case (byte)'\\':
                    ReadEscape();
                    isUnquoted = true;
                    break;
                case (byte)' ' or (byte)'\t':
                    if (isUnquoted)
                        Take(_at);
                    _at++;
                    continue;
                default:
                    Take(_at++);
                    isUnquoted = true;
                    break;
            }

            kept = _value.Count;
            end = Math.Min(_at, _text.Length);
        }

        _value.RemoveRange(kept, _value.Count - kept);
        _places.RemoveRange(kept, _places.Count - kept);
        return (start, end);
    }

    private void Take(int place)
    {
        _value.Add(_text[place]);
        _places.Add(place);
    }

    private void ReadEscape()
    {
        _at++;
        if (_at < _text.Length && !IsNewLine(_text[_at]))
            Take(_at);
        _at++;
    }

    private void ReadSingleQuoted()
    {
        for (_at++; _at < _text.Length && _text[_at] != (byte)'\''; _at++)
            Take(_at);
        _at++;
    }

    private void ReadDoubleQuoted()
    {
        for (_at++; _at < _text.Length && _text[_at] != (byte)'"'; _at++)
        {
            if (_text[_at] != (byte)'\\' || _at + 1 >= _text.Length)
            {
                Take(_at);
                continue;
            }

            _at++;
            if (_text[_at] is not ((byte)'"' or (byte)'\\' or (byte)'$' or (byte)'`' or (byte)'\n'))
                Take(_at - 1);
            if (_text[_at] != (byte)'\n')
                Take(_at);
        }

        _at++;
    }
}
