using System.Text;
using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.Configuration.Secrets;

/// <summary>Takes out of JSON what is not known to be harmless, whether it is whole or not: names of members, brackets and the number of items stay.</summary>
/// <param name="json">The text.</param>
/// <param name="keepsUnknown">Whether a name that says nothing leaves its value as it is, as in a file of this library.</param>
internal sealed class SecretJson(byte[] json, bool keepsUnknown)
{
    private const int DeepestKept = 64;

    private readonly List<byte> _filtered = new(json.Length);

    /// <summary>For each open bracket the name that counts for its items, and whether that is the name of something secret or holds options.</summary>
    private readonly Stack<(ByteString Name, bool IsSecret, bool HoldsOptions)> _open = new();

    private ByteString _name;
    private bool _isSecret;
    private bool _holdsOptions;
    private bool _hasName;

    /// <summary>Whether the item before was a flag whose name tells of a secret: <c>"--token", "X"</c>.</summary>
    private bool _isSecretFlag;

    /// <summary>Whether the member before named something secret: <c>"name": "DB_PASSWORD", "value": "X"</c>.</summary>
    private bool _namesSecret;
    private int _tooDeep;

    /// <summary>The text of a file without secrets.</summary>
    public static byte[] Filter(ReadOnlySpan<byte> json, bool keepsUnknown = false)
    {
        var filter = new SecretJson(json.ToArray(), keepsUnknown);
        filter.Run();
        return [.. filter._filtered];
    }

    private void Run()
    {
        int at = 0;
        while (at < json.Length)
        {
            byte value = json[at];
            if (value == (byte)'"')
                at = TakeText(at);
            else if (value is (byte)'{' or (byte)'[')
                at = Open(at);
            else if (value is (byte)'}' or (byte)']')
                at = Close(at);
            else if (value is (byte)',' or (byte)':' || value <= (byte)' ')
                at = Copy(at, value == (byte)',');
            else
                at = TakeWord(at);
        }
    }

    private int Copy(int at, bool endsMember)
    {
        _filtered.Add(json[at]);
        if (endsMember)
            EndMember();
        return at + 1;
    }

    private void EndMember()
    {
        _hasName = false;
        (_name, _isSecret, _holdsOptions) = _open.TryPeek(out (ByteString, bool, bool) outer) ? outer : default;
    }

    private int Open(int at)
    {
        _filtered.Add(json[at]);
        if (_open.Count < DeepestKept)
            _open.Push((_name, _isSecret, _holdsOptions));
        else
            _tooDeep++;
        _hasName = false;
        return at + 1;
    }

    private int Close(int at)
    {
        _filtered.Add(json[at]);
        if (_tooDeep > 0)
            _tooDeep--;
        else
            _open.TryPop(out _);
        EndMember();
        return at + 1;
    }

    private int TakeText(int at)
    {
        int end = EndOfText(at);
        ReadOnlySpan<byte> text = json.AsSpan(at + 1, Math.Max(0, end - at - 1));
        bool isClosed = end < json.Length;
        int behind = isClosed ? end + 1 : end;
        int next = behind;
        while (next < json.Length && json[next] <= (byte)' ')
            next++;
        if (!_hasName && next < json.Length && json[next] == (byte)':')
        {
            byte[] name = Unescape(text);
            TakeName(name);
            AddText(text, name, ShowName(name), isClosed);
            return behind;
        }

        byte[] plain = Unescape(text);
        ByteString shown = ShowValue(plain);
        _hasName = false; // Where a comma is missing, a name follows.
        AddText(text, plain, shown, isClosed);
        return behind;
    }

    /// <summary>The text as it is where nothing is taken out of it, else written anew.</summary>
    private void AddText(ReadOnlySpan<byte> text, ReadOnlySpan<byte> plain, ByteString shown, bool isClosed)
    {
        _filtered.Add((byte)'"');
        if (shown.Span.SequenceEqual(plain))
        {
            _filtered.AddRange(text);
        }
        else
        {
            Escape(shown.Span, text.IndexOf("\\/"u8) >= 0);
            _filtered.AddRange(Enumerable.Repeat((byte)'\n', text.Count((byte)'\n')));
        }

        if (isClosed)
            _filtered.Add((byte)'"');
    }

    private void TakeName(ReadOnlySpan<byte> name)
    {
        (ByteString Name, bool IsSecret, bool HoldsOptions) outer = _open.TryPeek(out (ByteString, bool, bool) found) ? found : default;
        _isSecret = outer.IsSecret || _tooDeep > 0 || (SecretNames.IsSecret(name) && !SecretSettings.IsHarmless(name) && !IsPathName(name));
        _holdsOptions = outer.HoldsOptions || SecretSettings.HoldsOptions(name);
        _name = new ByteString(name);
        _hasName = true;
    }

    private static bool IsPathName(ReadOnlySpan<byte> name) => SecretSettings.Show(name, "/a"u8).Span.SequenceEqual("/a"u8);

    private static ByteString ShowName(ReadOnlySpan<byte> name) => name.ContainsAny(" :\"%<"u8) ? SecretText.Filter(name) : SecretText.FilterName(new ByteString(name));

    private ByteString ShowValue(ReadOnlySpan<byte> plain)
    {
        if (_isSecret)
            return SecretShapes.IsSwitch(plain) ? new ByteString(plain) : new ByteString(SecretMarker.Text);
        if (keepsUnknown)
            return SecretText.Filter(plain);

        // A member of an object of options is one itself, an item of a list is one with its value.
        bool isItem = !_hasName;
        bool isNamed = _namesSecret && _name.Span.SequenceEqual("value"u8);
        _namesSecret = (_name.Span.SequenceEqual("name"u8) || _name.Span.SequenceEqual("key"u8)) && (SecretNames.IsSecret(plain) || plain.SequenceEqual(SecretMarker.Text));
        bool isOfSecretFlag = isItem && _isSecretFlag;
        _isSecretFlag = isItem && plain is [(byte)'-', ..] && SecretNames.IsSecret(plain);

        // Its name may come behind it, and a secret can begin as a path does.
        bool isShort = _name.Span.SequenceEqual("value"u8) && plain is [(byte)'/', ..] && !plain[1..].Contains((byte)'/');
        if (isOfSecretFlag || isNamed || isShort)
            return new ByteString(SecretMarker.Text);
        if (_holdsOptions && !isItem && !SecretSettings.HoldsOptions(_name.Span))
            return SecretSettings.Show(_name.Span, plain);
        if (isItem && plain is [(byte)'-', ..])
            return ShowFlag(plain);
        return SecretSettings.Show(_name.Span, plain);
    }

    private static ByteString ShowFlag(ReadOnlySpan<byte> flag)
    {
        byte[] line = [(byte)'x', (byte)' ', .. flag];
        return flag.ContainsAny(SecretCharacters.Quoted) ? new ByteString(SecretMarker.Text) : new ByteString(SecretCommand.FilterLine(line, hasProgram: true).AsSpan(2));
    }

    /// <summary>A number, a state, or what is no JSON.</summary>
    private int TakeWord(int at)
    {
        int end = at;
        while (end < json.Length && json[end] > (byte)' ' && json[end] is not ((byte)',' or (byte)':' or (byte)'"' or (byte)'{' or (byte)'}' or (byte)'[' or (byte)']'))
            end++;
        ReadOnlySpan<byte> word = json.AsSpan(at, end - at);
        bool isNumber = !word.ContainsAnyExcept(SecretCharacters.Number);
        _hasName = false;
        bool isStart = at == 0 && word.SequenceEqual(DaemonJson.ByteOrderMark);

        // The marker alone stands where a whole file was left out.
        if (isStart || word.SequenceEqual(SecretMarker.Text) || SecretShapes.IsSwitch(word) || "true"u8.StartsWith(word) || "false"u8.StartsWith(word) || "null"u8.StartsWith(word) || (isNumber && !_isSecret && (keepsUnknown || _name.IsEmpty || SecretSettings.IsHarmless(_name.Span) || _holdsOptions)))
        {
            _filtered.AddRange(word);
        }
        else
        {
            _filtered.Add((byte)'"');
            _filtered.AddRange(SecretMarker.Text);
            _filtered.Add((byte)'"');
        }

        return end;
    }

    private int EndOfText(int start)
    {
        int i = start + 1;
        while (i < json.Length && json[i] != (byte)'"')
            i += json[i] == (byte)'\\' ? 2 : 1;
        return Math.Min(i, json.Length);
    }

    private static byte[] Unescape(ReadOnlySpan<byte> text)
    {
        if (text.IndexOf((byte)'\\') < 0)
            return text.ToArray();
        List<byte> plain = new(text.Length);
        Span<byte> utf8 = stackalloc byte[4];
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] != (byte)'\\' || i + 1 >= text.Length)
            {
                plain.Add(text[i]);
                continue;
            }

            int simple = "bfnrt\"\\/"u8.IndexOf(text[++i]);
            if (simple >= 0)
            {
                plain.Add("\b\f\n\r\t\"\\/"u8[simple]);
            }
            else if (text[i] == (byte)'u' && i + 4 < text.Length && System.Buffers.Text.Utf8Parser.TryParse(text.Slice(i + 1, 4), out ushort code, out int read, 'x') && read == 4)
            {
                Rune rune = Rune.TryCreate((char)code, out Rune made) ? made : Rune.ReplacementChar;
                plain.AddRange(utf8[..rune.EncodeToUtf8(utf8)]);
                i += 4;
            }
            else
            {
                plain.Add((byte)'\\');
                plain.Add(text[i]);
            }
        }

        return [.. plain];
    }

    private void Escape(ReadOnlySpan<byte> shown, bool escapesSlash)
    {
        foreach (byte value in shown)
        {
            int simple = "\b\f\n\r\t\"\\"u8.IndexOf(value);
            if (simple >= 0 || (value == (byte)'/' && escapesSlash))
                _filtered.AddRange([(byte)'\\', simple >= 0 ? "bfnrt\"\\"u8[simple] : value]);
            else if (value < (byte)' ')
                _filtered.AddRange("\\u0020"u8);
            else
                _filtered.Add(value);
        }
    }
}
