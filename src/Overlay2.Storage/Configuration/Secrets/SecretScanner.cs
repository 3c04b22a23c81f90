using System.Buffers;
using System.Text;

namespace Overlay2.Storage.Configuration.Secrets;

/// <summary>One pass over a text that takes secrets out. Every byte is looked at a fixed number of times.</summary>
/// <param name="text">The text.</param>
/// <param name="isSentence">Whether it may be a sentence or a command: flags and words count too, and <c>name:value</c>.</param>
internal ref partial struct SecretScanner(ReadOnlySpan<byte> text, bool isSentence)
{
    private const int MostWordsBehind = 4;
    private const int MostNameAhead = 64;
    private const int LongestHashId = 12;
    private const int ShortestHash = 12;
    private const int LongestHash = 512;
    private const int MostEchoed = 1024;
    private const int MostEscapes = 64;
    private const int LongestUser = 1024;

    private static readonly SearchValues<byte> s_name = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-$%"u8);
    private static readonly SearchValues<byte> s_blanks = SearchValues.Create(" \t\r\n\v\f\0"u8);

    private static readonly SearchValues<byte> s_endsOfHash = SearchValues.Create(" \t\r\n\v\f\0:\"'`<>;,\\"u8);

    private readonly ReadOnlySpan<byte> _text = text;
    private readonly List<byte> _filtered = new(text.Length);
    private int _at;
    private int _copied;
    private bool _isMarked;

    /// <summary>Whether the last <c>name:</c> or <c>key=</c> had the name of something secret behind it.</summary>
    private bool _namesSecret;

    /// <summary>The part of the word that was looked at for a user: up to the end of the word, or to the address that follows.</summary>
    private int _wordEnd;
    private int _partEnd;
    private bool _isAddress;
    private int _userStart = -1;
    private int _userEnd = -1;

    /// <summary>The text without secrets.</summary>
    public byte[] Run()
    {
        while (_at < _text.Length)
        {
            if (TakeKeyBlock() || TakeUser() || TakeHash() || TakeRun())
                continue;
            if (_text[_at] is (byte)'=' or (byte)':' && TakeNamed())
                continue;
            if (_text[_at] == (byte)'>' && TakeElement())
                continue;
            _at++;
        }

        _filtered.AddRange(_text[_copied..]);
        return [.. _filtered];
    }

    /// <summary>Puts the marker in the place of a part, unless it is a state or stands there already.</summary>
    private void Replace(int start, int end)
    {
        start = Math.Max(start, _copied);
        end = Math.Min(end, _text.Length);
        _at = Math.Max(_at, end);
        if (end <= start)
            return;
        if (start > _copied || !_isMarked)
        {
            _filtered.AddRange(_text[_copied..start]);
            SecretMarker.Add(_filtered, _text[start..end]);
        }
        else
        {
            _filtered.AddRange(Enumerable.Repeat((byte)'\n', _text[start..end].Count((byte)'\n')));
        }

        _copied = end;
        _isMarked = true;
    }

    /// <summary>A key in the armour of RFC 7468, up to its end or that of the text.</summary>
    private bool TakeKeyBlock()
    {
        if (_text[_at] != (byte)'-' || !_text[_at..].StartsWith("-----BEGIN "u8))
            return false;
        int end = _text[_at..].IndexOf("-----END "u8);
        if (end >= 0)
        {
            int behind = _at + end + "-----END ".Length;
            int dashes = _text[behind..].IndexOf("-----"u8);
            end = dashes < 0 ? _text.Length : behind + dashes + "-----".Length;
        }

        Replace(_at, end < 0 ? _text.Length : end);
        return true;
    }

    /// <summary>A hash of a password as crypt(5) writes it: <c>$6$salt$hash</c>.</summary>
    private bool TakeHash()
    {
        if (_text[_at] != (byte)'$')
            return false;
        ReadOnlySpan<byte> rest = _text[(_at + 1)..Math.Min(_text.Length, _at + LongestHashId)];
        int length = rest.IndexOf((byte)'$');
        if (length <= 0 || Encoding.Latin1.GetString(rest[..length]) is not ("1" or "2a" or "2b" or "2x" or "2y" or "5" or "6" or "7" or "apr1" or "md5" or "argon2i" or "argon2id" or "argon2d"))
            return false;
        int start = _at + length + 2;
        ReadOnlySpan<byte> hash = _text[start..Math.Min(_text.Length, start + LongestHash)];
        int end = hash.IndexOfAny(s_endsOfHash);
        end = end < 0 ? hash.Length : end;
        if (end < ShortestHash)
            return false;
        Replace(_at, start + end);
        return true;
    }

    /// <summary>A flag, a token or a word that tells of a secret, where such a word begins.</summary>
    private bool TakeRun()
    {
        if (_at > 0 && SecretShapes.RunLength(_text.Slice(_at - 1, 1)) == 1)
            return false;
        int length = SecretShapes.RunLength(_text[_at..]);
        if (length == 0)
            return false;
        ReadOnlySpan<byte> run = _text.Slice(_at, length);
        if (SecretShapes.IsCredential(run) || (isSentence && SecretShapes.LooksRandom(run)))
        {
            Replace(_at, _at + length);
            return true;
        }

        if (!isSentence)
            return false;
        if (run[0] == (byte)'-')
            return TakeFlag(run);
        int behind = _at + length;
        if (behind < _text.Length && _text[behind] == (byte)'/' && IsHook(run))
        {
            int end = behind + 1;
            while (end < _text.Length && !EndsWord(_text[end]))
                end++;
            Replace(behind + 1, end);
            return true;
        }

        // What is written to another program is for it alone: echo X | docker login --password-stdin.
        if (run.SequenceEqual("echo"u8) || run.SequenceEqual("printf"u8))
        {
            ReadOnlySpan<byte> line = _text[behind..Math.Min(_text.Length, behind + MostEchoed)];
            int pipe = line.IndexOfAny((byte)'|', (byte)'\r', (byte)'\n');
            if (pipe > 1 && line[pipe] == (byte)'|' && SkipBlanks(behind) is var said && said < behind + pipe && _text[behind] is (byte)' ' or (byte)'\t')
            {
                Replace(said, behind + pipe - (_text[behind + pipe - 1] == (byte)' ' ? 1 : 0));
                return true;
            }
        }

        if (behind < _text.Length && _text[behind] is (byte)' ' or (byte)'\t' && (SecretNames.IsTelling(run) || IsScheme(run)))
        {
            int start = _at;
            TakeSentence(behind);
            return _at > start;
        }

        return false;
    }

    /// <summary><c>--token X</c>, <c>-p X</c>, <c>-u a:b</c>, <c>-pX</c>, and the same as items of a list: <c>"--token", "X"</c>.</summary>
    private bool TakeFlag(ReadOnlySpan<byte> run)
    {
        bool isLong = run.StartsWith("--"u8);
        ReadOnlySpan<byte> name = run.TrimStart((byte)'-');
        bool isShort = !isLong && name.Length == 1 && IsShortSecret(name[0]);
        int behind = _at + run.Length;
        if (!isLong && name.Length > 1 && IsShortSecret(name[0]) && !IsLongFlag(name))
        {
            int from = _at + (run.Length - name.Length) + 1;
            Replace(from, EndOfRaw(from, OpenQuote(_at)));
            return true;
        }

        bool isUser = isLong && IsUserWithPassword(name, behind);
        if (behind >= _text.Length || !(isShort || isUser || SecretNames.IsSecret(name)))
            return false;
        int start = behind;
        if (_text[start] is (byte)'"' or (byte)'\'')
        {
            start = SkipBlanks(start + 1);
            if (start >= _text.Length || _text[start] != (byte)',')
                return false;
            start = SkipBlanks(start + 1);
            if (start >= _text.Length || _text[start] is not ((byte)'"' or (byte)'\''))
                return false;
        }
        else if ((isShort || isUser) && _text[start] == (byte)'=')
        {
            start++;
        }
        else if (_text[start] is not ((byte)' ' or (byte)'\t'))
        {
            return false;
        }

        start = SkipBlanks(start);
        if (start >= _text.Length || _text[start] is (byte)'\r' or (byte)'\n' || (isShort && _text[start] == (byte)'-'))
            return false;
        TakeValue(start, OpenQuote(_at), toEnd: false, keepsPaths: isShort);
        return true;
    }

    /// <summary><c>--user a:b</c>; two numbers are those of a user and a group.</summary>
    private readonly bool IsUserWithPassword(ReadOnlySpan<byte> name, int behind)
    {
        if (!name.SequenceEqual("user"u8) && !name.EndsWith("-user"u8))
            return false;
        ReadOnlySpan<byte> word = _text[behind..Math.Min(_text.Length, behind + LongestUser)].TrimStart(" \t="u8);
        int end = word.IndexOfAny(s_blanks);
        word = end < 0 ? word : word[..end];
        return word.IndexOf((byte)':') > 0 && word.ContainsAnyExcept(SecretCharacters.Number);
    }

    /// <summary>Flags of programs that give their long ones a single dash.</summary>
    private static bool IsLongFlag(ReadOnlySpan<byte> name) => name.Contains((byte)'-') && !name.ContainsAnyExcept(SecretCharacters.Word)
        || (name.Length <= 10 && Encoding.Latin1.GetString(name) is "password" or "passwd" or "passphrase" or "pass" or "pat" or "pwd" or "pw" or "private" or "privkey" or "path" or "pid" or "pidfile" or "plugin"
            or "port" or "prefix" or "profile" or "progress" or "proto" or "protocol" or "proxy" or "user" or "username" or "uid" or "url" or "unix" or "update" or "upload" or "unit" or "usage" or "uuid");

    /// <summary>What in an address stands before a path that is the secret itself.</summary>
    private static bool IsHook(ReadOnlySpan<byte> run) => run.Length <= 32 && Encoding.Latin1.GetString(run).ToLowerInvariant() is "hooks.slack.com" or "webhooks" or "incomingwebhook" or "webhookb2";

    private static bool IsShortSecret(byte letter) => letter is (byte)'p' or (byte)'u' or (byte)'U';

    private static bool IsScheme(ReadOnlySpan<byte> word) => word.Length <= 9 && Encoding.Latin1.GetString(word).ToLowerInvariant() is "basic" or "bearer" or "negotiate" or "digest" or "token" or "apikey" or "ntlm";

    /// <summary>A few words behind one that tells of a secret: the first that is none of the language goes, and the one behind "is".</summary>
    private void TakeSentence(int from)
    {
        bool isNext = false;
        for (int i = 0; i < MostWordsBehind; i++)
        {
            int start = SkipBlanks(from);
            int end = EndOfWord(start);
            ReadOnlySpan<byte> word = _text[start..end];

            // In a string of JSON the word ends where that does.
            if (word.IndexOfAny((byte)'"', (byte)'\\') is > 0 and int cut)
                word = word[..cut];
            if (word.IsEmpty || word[0] == (byte)'-' || (!isNext && word.Length > 1 && word.ContainsAny((byte)'=', (byte)':') && word[^1] != (byte)':'))
                return;
            if (word.TrimStart((byte)'\\') is [(byte)'"' or (byte)'\'' or (byte)'`', ..])
            {
                TakeValue(start, quote: 0, toEnd: false, keepsPaths: false);
                return;
            }

            if (isNext || !SecretShapes.IsPlainWord(word))
            {
                if (!word.SequenceEqual("="u8) && !word.SequenceEqual(":"u8) && !word.SequenceEqual("->"u8) && !word.SequenceEqual("=>"u8))
                {
                    TakeValue(start, quote: 0, toEnd: false, keepsPaths: false);
                    return;
                }
            }

            isNext = word.Length <= 6 && Encoding.Latin1.GetString(word).ToLowerInvariant() is "is" or "was" or "are" or "be" or "=" or ":" or "->" or "=>" or "equals" or "is:" or "was:";
            from = end;
        }
    }

    /// <summary><c>name=value</c>, <c>name: value</c>, <c>"name": "value"</c> with a name that tells of a secret.</summary>
    private bool TakeNamed()
    {
        int separator = _at;
        bool isColon = _text[separator] == (byte)':';
        int next = separator + 1;
        if (isColon && (IsAt(next, "//"u8) || IsAt(next, "\\/"u8) || (!isSentence && !(next < _text.Length && (s_blanks.Contains(_text[next]) || _text[next] is (byte)'"' or (byte)'\'' or (byte)'=')))))
            return false;
        ReadOnlySpan<byte> name = NameBefore(separator, out int nameStart);
        bool isValue = _namesSecret && Ascii.EqualsIgnoreCase(name, "value"u8);
        _namesSecret = isValue ? false : NamesSecret(name, next);
        if (name.IsEmpty || !(isValue || SecretNames.IsSecret(name)))
            return Ascii.EqualsIgnoreCase(name, "response"u8) && TakeDigest(next);

        int start = next;
        while (start < _text.Length && start < next + 2 && _text[start] is (byte)'=' or (byte)'>' or (byte)':')
            start++;
        start = SkipBlanks(start);
        if (start >= _text.Length || _text[start] is (byte)'\r' or (byte)'\n')
        {
            _at = start;
            return true;
        }

        // A name in quotes of its own is not in those of its value.
        byte quote = nameStart + name.Length < separator && _text[nameStart + name.Length] is (byte)'"' or (byte)'\'' or (byte)'\\' ? (byte)0 : OpenQuote(nameStart);
        TakeValue(start, quote, SecretNames.IsHeader(name) || (quote != 0 && !isColon), keepsPaths: false);
        return true;
    }

    /// <summary>What proves a password in <c>Authorization: Digest</c> (RFC 7616), where quotes within quotes have hidden what it belongs to.</summary>
    private bool TakeDigest(int next)
    {
        const int Shortest = 32;
        ReadOnlySpan<byte> value = _text[next..Math.Min(_text.Length, next + LongestHash)];
        int start = value.IndexOfAnyExcept(" \t\"'\\"u8);
        if (start < 0)
            return false;
        int length = value[start..].IndexOfAnyExcept(SecretCharacters.Hexadecimal);
        length = length < 0 ? value.Length - start : length;
        if (length < Shortest)
            return false;
        Replace(next + start, next + start + length);
        return true;
    }

    /// <summary>Whether this is the name of something secret that follows: <c>"name": "DB_PASSWORD", "value": "X"</c>.</summary>
    private readonly bool NamesSecret(ReadOnlySpan<byte> name, int start)
    {
        if (!Ascii.EqualsIgnoreCase(name, "name"u8) && !Ascii.EqualsIgnoreCase(name, "key"u8))
            return false;
        ReadOnlySpan<byte> what = _text[start..Math.Min(_text.Length, start + MostNameAhead)].TrimStart(" \t\"'\\"u8);
        int length = what.IndexOfAnyExcept(s_name);
        what = length < 0 ? what : what[..length];
        return SecretNames.IsSecret(what) || what.SequenceEqual(SecretMarker.Text);
    }

    /// <summary>The text of an element of XML with such a name.</summary>
    private bool TakeElement()
    {
        int start = _at;
        while (start > _copied && s_name.Contains(_text[start - 1]))
            start--;
        if (start == 0 || _text[start - 1] != (byte)'<' || !SecretNames.IsSecret(_text[start.._at]))
            return false;
        int length = _text[(_at + 1)..].IndexOf((byte)'<');
        int from = _at + 1;
        _at = length < 0 ? _text.Length : from + length;
        Replace(from, _at);
        return true;
    }

    private readonly ReadOnlySpan<byte> NameBefore(int separator, out int start)
    {
        int end = separator;
        while (end > _copied && _text[end - 1] is (byte)' ' or (byte)'\t')
            end--;
        for (int i = 0; i < MostEscapes && end > _copied && _text[end - 1] is (byte)'"' or (byte)'\'' or (byte)'\\' or (byte)']' or (byte)'}' or (byte)')'; i++)
            end--;
        start = end;
        while (start > _copied && s_name.Contains(_text[start - 1]))
            start--;
        while (start < end && _text[start] == (byte)'-')
            start++;
        return _text[start..end];
    }

    /// <summary>The quote that stands directly before a word, which then ends with it.</summary>
    private readonly byte OpenQuote(int wordStart)
    {
        while (wordStart > 0 && _text[wordStart - 1] == (byte)'-')
            wordStart--;
        return wordStart > 0 && _text[wordStart - 1] is (byte)'"' or (byte)'\'' or (byte)'`' ? _text[wordStart - 1] : (byte)0;
    }

    private readonly bool IsAt(int at, ReadOnlySpan<byte> part) => at < _text.Length && _text[at..].StartsWith(part);

    private readonly int SkipBlanks(int from)
    {
        while (from < _text.Length && _text[from] is (byte)' ' or (byte)'\t')
            from++;
        return from;
    }

    private readonly int EndOfWord(int from)
    {
        int length = _text[from..].IndexOfAny(s_blanks);
        return length < 0 ? _text.Length : from + length;
    }

    private readonly int EndOfLine(int from)
    {
        int length = _text[from..].IndexOfAny((byte)'\r', (byte)'\n');
        return length < 0 ? _text.Length : from + length;
    }
}
