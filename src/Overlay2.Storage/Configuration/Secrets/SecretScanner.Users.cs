namespace Overlay2.Storage.Configuration.Secrets;

internal ref partial struct SecretScanner
{
    private static bool EndsWord(byte value) => s_blanks.Contains(value) || value is (byte)'"' or (byte)'<' or (byte)'>' or (byte)'`';

    /// <summary>User and password of an address, up to its <c>@</c>: with a scheme or without, whatever characters they are of.</summary>
    private bool TakeUser()
    {
        if (_at >= _partEnd && !EndsWord(_text[_at]))
            FindUser();
        if (_at < _userStart || _at >= _userEnd)
            return false;
        Replace(_at, _userEnd);
        return true;
    }

    /// <summary>Looks at the part of a word that begins here and ends with it, or with the scheme of the next address.</summary>
    private void FindUser()
    {
        if (_at >= _wordEnd)
        {
            _wordEnd = _at;
            while (_wordEnd < _text.Length && !EndsWord(_text[_wordEnd]))
                _wordEnd++;
        }

        bool isAddress = _isAddress && _at == _partEnd;
        int start = _at;
        if (!isAddress && IsAt(start, "//"u8))
        {
            isAddress = true;
            start += 2;
        }

        int scheme = FindScheme(start, out int length);
        _partEnd = scheme < 0 ? _wordEnd : scheme + length;
        _isAddress = scheme >= 0;
        int end = scheme < 0 ? _wordEnd : scheme;
        (_userStart, _userEnd) = isAddress ? UserOfAddress(start, end) : UserOfWord(start, end);
    }

    private readonly int FindScheme(int start, out int length)
    {
        for (int i = start; i < _wordEnd; i++)
        {
            int colon = _text[i.._wordEnd].IndexOfAny((byte)':', (byte)'%');
            if (colon < 0)
                break;
            i += colon;
            ReadOnlySpan<byte> rest = _text[i.._wordEnd];
            length = rest.StartsWith("://"u8) ? 3 : rest.StartsWith(":\\/\\/"u8) ? 5 : rest.StartsWith("%3A%2F%2F"u8) || rest.StartsWith("%3a%2f%2f"u8) ? 9 : 0;
            if (length > 0)
                return i;
        }

        length = 0;
        return -1;
    }

    /// <summary>A path may hold an <c>@</c> too; but in what has a colon before it, it is more likely the password that holds a slash.</summary>
    private readonly (int Start, int End) UserOfAddress(int start, int end)
    {
        int at = LastAt(start, end, out int length);
        if (at < 0)
            return (-1, -1);
        int path = _text[start..at].IndexOfAny((byte)'/', (byte)'?', (byte)'#');
        if (path >= 0 && _text[start..at].IndexOf((byte)':') < 0 && _text[start..at].IndexOf("%3A"u8) < 0)
        {
            at = LastAt(start, start + path, out length);
            if (at < 0)
                return (-1, -1);
        }

        // A name alone is a token often enough.
        return length > 0 ? (start, at) : (-1, -1);
    }

    /// <summary><c>user:password@host</c>, not an image by its digest, nor a list of paths.</summary>
    private readonly (int Start, int End) UserOfWord(int start, int end)
    {
        int at = LastAt(start, end, out _);
        int colon = at < 0 ? -1 : _text[start..at].IndexOf((byte)':');
        if (colon < 0)
            return (-1, -1);
        colon += start;
        int before = _text[start..colon].LastIndexOfAny(SecretCharacters.BeforeUser);
        start += before + 1;
        if (IsAt(start, "//"u8))
            start += 2;
        else if (start < at && _text[start] is (byte)'/' or (byte)'.')
            return UserInPath(start, colon, at);
        return (start, at);
    }

    /// <summary>A name in a path can be an address without its slashes; what goes on with a path behind the colon is a list.</summary>
    private readonly (int Start, int End) UserInPath(int start, int colon, int at) => colon + 1 < at && _text[colon + 1] is (byte)'/' or (byte)'.'
        ? (-1, -1)
        : (start + _text[start..colon].LastIndexOf((byte)'/') + 1, at);

    private readonly int LastAt(int start, int end, out int length)
    {
        ReadOnlySpan<byte> part = _text[start..end];
        for (int at = part.LastIndexOf((byte)'@'); ; at = part[..at].LastIndexOf((byte)'@'))
        {
            length = 1;
            if (at < 0)
                break;
            ReadOnlySpan<byte> behind = part[(at + 1)..];
            if (!behind.StartsWith("sha256:"u8) && !behind.StartsWith("sha512:"u8))
                return start + at;
        }

        int encoded = part.LastIndexOf("%40"u8);
        length = encoded < 0 ? 0 : 3;
        return encoded < 0 || part.IndexOf("%3A"u8) is < 0 ? -1 : start + encoded;
    }
}
