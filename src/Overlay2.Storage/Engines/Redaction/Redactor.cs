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
/// <param name="words">Words that say nothing about one host: those of every engine (<see cref="StorageEngine.WellKnownNames"/>) and of overlays.</param>
internal sealed partial class Redactor(byte[] key, IEnumerable<string> words)
{
    private const string Hexadecimal = "0123456789abcdef";
    private const string Base32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    private const string Base36 = "0123456789abcdefghijklmnopqrstuvwxyz";
    private const int OtherLength = 16;
    private const int LongestNumber = 7;

    /// <summary>What keeps its form: a short name of the overlay2 driver, an id or a part of one, the id of a layer of the build cache.</summary>
    private static readonly (int Shortest, int Longest, string Alphabet, SearchValues<byte> Characters)[] s_shapes =
    [
        (26, 26, Base32, SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"u8)),
        (8, 64, Hexadecimal, SearchValues.Create("0123456789abcdef"u8)),
        (25, 25, Base36, SearchValues.Create("0123456789abcdefghijklmnopqrstuvwxyz"u8)),
    ];

    private static readonly SearchValues<byte> s_digits = SearchValues.Create("0123456789"u8);
    private static readonly SearchValues<byte> s_token = SearchValues.Create(
        [.. "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_.+-@"u8, .. Enumerable.Range(0x80, 0x80).Select(value => (byte)value)]);

    private static readonly string[] s_prefixes = ["sha256:", "overlay2.", "io.containerd."];
    private static readonly string[] s_suffixes = ["-quarantine", "-init", ".conf", ".json", ".service", ".sock", ".pid"];

    private readonly HashSet<ByteString> _vocabulary = RedactionVocabulary.With(words);
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
        foreach (Range range in path.Span.Split((byte)'/'))
        {
            if (range.Start.Value > 0)
                redacted.Add((byte)'/');
            ReadOnlySpan<byte> component = path.Span[range];
            redacted.AddRange(component.SequenceEqual(".."u8) ? component : Name(new ByteString(component)).Span);
        }

        return new BytePath(ByteString.Wrap(redacted.ToArray()));
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
        foreach ((int shortest, int longest, string alphabet, SearchValues<byte> characters) in s_shapes)
        {
            if (name.Length >= shortest && name.Length <= longest && !name.Span.ContainsAnyExcept(characters))
                return Spell(hash, alphabet, name.Length, "");
        }

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
