using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.Snapshots;

/// <summary>Takes the values out of the <c>Environment=</c> settings of a unit file, those of some variables excepted.</summary>
/// <remarks>Source: systemd.exec(5), systemd.syntax(7): words with quotes and escapes, over several lines where a line ends with a backslash.</remarks>
internal sealed class UnitEnvironmentFilter(byte[] text, HashSet<ByteString> kept)
{
    private readonly byte[] _text = text;
    private readonly HashSet<ByteString> _kept = kept;
    private readonly List<byte> _filtered = new(text.Length);
    private readonly List<byte> _name = [];
    private int _at;
    private byte _quote;
    private bool _isValue;
    private bool _isDropped;

    private ReadOnlySpan<byte> Rest => _text.AsSpan(_at);

    /// <summary>The text of a unit file without the values.</summary>
    public static byte[] Apply(ReadOnlySpan<byte> text, HashSet<ByteString> kept)
    {
        var filter = new UnitEnvironmentFilter(text.ToArray(), kept);
        filter.Run();
        return [.. filter._filtered];
    }

    private void Run()
    {
        bool continues = false;
        while (!Rest.IsEmpty)
        {
            ReadOnlySpan<byte> line = Line(Rest);
            ReadOnlySpan<byte> plain = line.TrimStart(" \t"u8);
            int equals = plain.IndexOf((byte)'=');
            if (!continues && equals > 0 && plain[..equals].TrimEnd(" \t"u8).SequenceEqual("Environment"u8))
            {
                Copy(line.Length - plain.Length + equals + 1);
                FilterWords();
                continue;
            }

            if (!IsComment(plain))
                continues = line.TrimEnd("\r\n"u8) is [.., (byte)'\\'];
            Copy(line.Length);
        }
    }

    /// <summary>The words up to the end of the setting, which a backslash at the end of a line puts off.</summary>
    private void FilterWords()
    {
        _quote = 0;
        StartWord();
        while (!Rest.IsEmpty && _text[_at] != (byte)'\n')
        {
            byte value = _text[_at];
            if (value == (byte)'\\' && Rest[1..].TrimStart((byte)'\r') is [(byte)'\n', ..])
                ContinueLine();
            else if (_quote == 0 && value is (byte)' ' or (byte)'\t' or (byte)'\r')
                EndWord();
            else if (value is (byte)'"' or (byte)'\'' && (_quote == 0 || _quote == value))
                Quote(value);
            else if (!_isValue && value == (byte)'=')
                StartValue();
            else
                TakeCharacter();
        }
    }

    private void ContinueLine()
    {
        Copy(Line(Rest).Length);
        while (IsComment(Line(Rest).TrimStart(" \t"u8)))
            Copy(Line(Rest).Length);
        if (_quote == 0)
            StartWord();
    }

    private void StartWord()
    {
        _name.Clear();
        _isValue = false;
        _isDropped = false;
    }

    private void EndWord()
    {
        StartWord();
        Copy(1);
    }

    private void Quote(byte quote)
    {
        _quote = _quote == 0 ? quote : (byte)0;
        Copy(1);
    }

    private void StartValue()
    {
        Copy(1);
        _isValue = true;
        _isDropped = !_kept.Contains(new ByteString([.. _name]));
        if (_isDropped)
            _filtered.AddRange("REDACTED"u8);
    }

    private void TakeCharacter()
    {
        int length = _text[_at] == (byte)'\\' ? Math.Min(2, Rest.Length) : 1;
        if (!_isValue)
            _name.AddRange(Rest[..length]);
        if (_isDropped)
            _at += length;
        else
            Copy(length);
    }

    private void Copy(int length)
    {
        _filtered.AddRange(Rest[..length]);
        _at += length;
    }

    private static bool IsComment(ReadOnlySpan<byte> line) => line is [(byte)'#' or (byte)';', ..];

    private static ReadOnlySpan<byte> Line(ReadOnlySpan<byte> text)
    {
        int end = text.IndexOf((byte)'\n');
        return end < 0 ? text : text[..(end + 1)];
    }
}
