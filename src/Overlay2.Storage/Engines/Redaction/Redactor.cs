using System.Buffers;
using System.Security.Cryptography;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Configuration;

namespace Overlay2.Storage.Engines.Redaction;

/// <summary>Replaces names by keyed hashes that have the same form, so that everything that agreed before still agrees.</summary>
/// <remarks>
/// What is redacted is built anew, member by member, of what this class gives for each: a member that nobody lists is left out. A layer's id becomes another id of 64 digits, a short name another short name. The same name and key give the same hash; without the
/// key no name can be tried out. Not thread-safe.
/// </remarks>
/// <param name="key">The secret.</param>
/// <param name="engineNames">Words that say nothing about one host, of every engine; see <see cref="StorageEngine.WellKnownNames"/>.</param>
internal sealed partial class Redactor(byte[] key, IEnumerable<string> engineNames)
{
    private const string Hexadecimal = "0123456789abcdef";
    private const string Base32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    private const string Base36 = "0123456789abcdefghijklmnopqrstuvwxyz";
    private const int ShortNameLength = 26;
    private const int OtherLength = 16;
    private const int ShortestId = 8;
    private const int SnapshotIdLength = 25;
    private const int LongestNumber = 7;

    private static readonly SearchValues<byte> s_hexadecimal = SearchValues.Create("0123456789abcdef"u8);
    private static readonly SearchValues<byte> s_base32 = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"u8);
    private static readonly SearchValues<byte> s_base36 = SearchValues.Create("0123456789abcdefghijklmnopqrstuvwxyz"u8);
    private static readonly SearchValues<byte> s_digits = SearchValues.Create("0123456789"u8);
    private static readonly SearchValues<byte> s_token = SearchValues.Create(
        [.. "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_.+-@"u8, .. Enumerable.Range(0x80, 0x80).Select(value => (byte)value)]);

    private static readonly string[] s_prefixes = ["sha256:", "overlay2.", "io.containerd."];
    private static readonly string[] s_suffixes = ["-quarantine", "-init", ".conf", ".json", ".service", ".sock", ".pid"];

    private readonly HashSet<ByteString> _vocabulary = RedactionVocabulary.With(engineNames);
    private readonly Dictionary<ByteString, ByteString> _known = [];

    /// <summary>One name: a component of a path, an id, a container's name.</summary>
    public ByteString Name(ByteString name)
    {
        if (name.Length <= 1 || _vocabulary.Contains(name) || IsNumber(name.Span))
            return name;
        if (_known.TryGetValue(name, out ByteString hash))
            return hash;

        hash = HashParts(name);
        _known.Add(name, hash);
        return hash;
    }

    /// <summary>A path, component by component.</summary>
    public BytePath Path(BytePath path)
    {
        List<byte> redacted = new(path.Length);
        ReadOnlySpan<byte> rest = path.Span;
        while (true)
        {
            int length = rest.IndexOf((byte)'/');
            ReadOnlySpan<byte> component = length < 0 ? rest : rest[..length];
            redacted.AddRange(component.SequenceEqual(".."u8) ? component : Name(new ByteString(component)).Span);
            if (length < 0)
                return new BytePath(ByteString.Wrap(redacted.ToArray()));
            redacted.Add((byte)'/');
            rest = rest[(length + 1)..];
        }
    }

    /// <summary>A text: its words are names, what is between them stays.</summary>
    public ByteString Text(ByteString text)
    {
        List<byte> redacted = new(text.Length);
        ReadOnlySpan<byte> rest = text.Span;
        if (rest.StartsWith(DaemonJson.ByteOrderMark))
            Take(redacted, ref rest, DaemonJson.ByteOrderMark.Length);
        while (!rest.IsEmpty)
        {
            if (rest.StartsWith("\\u"u8) && rest.Length >= 6)
            {
                // An escaped character of JSON is one of a name too.
                redacted.AddRange("\\u0078"u8);
                rest = rest[6..];
                continue;
            }

            if (rest[0] == (byte)'\\' || rest[0] == (byte)'-' || !s_token.Contains(rest[0]))
            {
                Take(redacted, ref rest, rest[0] == (byte)'\\' ? Math.Min(2, rest.Length) : 1);
                continue;
            }

            int length = rest.IndexOfAnyExcept(s_token);
            ReadOnlySpan<byte> token = length < 0 ? rest : rest[..length];
            redacted.AddRange(Name(new ByteString(token)).Span);
            rest = rest[token.Length..];
        }

        return ByteString.Wrap(redacted.ToArray());
    }

    private static void Take(List<byte> redacted, ref ReadOnlySpan<byte> rest, int length)
    {
        redacted.AddRange(rest[..length]);
        rest = rest[length..];
    }

    /// <summary>A text, as characters.</summary>
    public string Text(string text) => System.Text.Encoding.UTF8.GetString(Text(ByteString.FromText(text)).Span);

    /// <summary>Numbers are no names: ids of processes and users, sizes, ports.</summary>
    private static bool IsNumber(ReadOnlySpan<byte> name)
    {
        int digits = name.IndexOfAnyExcept(s_digits);
        return name.Length <= LongestNumber && (digits < 0 || (digits > 0 && digits == name.Length - 1));
    }

    private ByteString HashParts(ByteString name)
    {
        foreach (string prefix in s_prefixes)
        {
            if (name.Span.StartsWith(ByteString.FromText(prefix).Span) && name.Length > prefix.Length)
                return new ByteString([.. name.Span[..prefix.Length], .. Name(ByteString.Wrap(name.Memory[prefix.Length..])).Span]);
        }

        foreach (string suffix in s_suffixes)
        {
            if (name.Span.EndsWith(ByteString.FromText(suffix).Span) && name.Length > suffix.Length)
                return new ByteString([.. Name(ByteString.Wrap(name.Memory[..^suffix.Length])).Span, .. name.Span[^suffix.Length..]]);
        }

        // Files whose order counts have numbers in front.
        int number = name.Span.IndexOfAnyExcept(s_digits);
        return number is > 0 and <= 3 && name.Span[number] == (byte)'-'
            ? new ByteString([.. name.Span[..(number + 1)], .. Hash(name).Span])
            : Hash(name);
    }

    private ByteString Hash(ByteString name)
    {
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes * 2];
        HMACSHA256.HashData(key, name.Span, hash);
        HMACSHA256.HashData(key, hash[..HMACSHA256.HashSizeInBytes], hash[HMACSHA256.HashSizeInBytes..]);
        if (name.Length == ShortNameLength && !name.Span.ContainsAnyExcept(s_base32))
            return Spell(hash, Base32, name.Length, "");
        if (name.Length is >= ShortestId and <= 64 && !name.Span.ContainsAnyExcept(s_hexadecimal))
            return Spell(hash, Hexadecimal, name.Length, "");
        if (name.Length == SnapshotIdLength && !name.Span.ContainsAnyExcept(s_base36))
            return Spell(hash, Base36, name.Length, "");
        return Spell(hash, Hexadecimal, OtherLength, "x");
    }

    private static ByteString Spell(ReadOnlySpan<byte> hash, string alphabet, int length, string prefix)
    {
        var text = new System.Text.StringBuilder(prefix);
        for (int i = 0; i < length; i++)
            text.Append(alphabet[hash[i] % alphabet.Length]);
        return ByteString.FromText(text.ToString());
    }
}
