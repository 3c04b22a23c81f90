using System.Buffers;
using System.Collections.Immutable;
using System.Text;
using System.Text.Json.Serialization;

namespace Overlay2.Storage.Bytes;

/// <summary>An immutable run of bytes that is usually text but need not be: a device name, a file system type, an option.</summary>
/// <remarks>
/// <para>Linux promises no encoding for names. Equality, order and hash are those of the bytes;
/// <see cref="ToString"/> is for showing and loses nothing (see there). Thread-safe. The default value is empty.</para>
/// </remarks>
[JsonConverter(typeof(ByteStringJsonConverter))]
public readonly struct ByteString : IEquatable<ByteString>, IComparable<ByteString>
{
    private readonly ReadOnlyMemory<byte> _bytes;

    /// <summary>Copies the bytes.</summary>
    /// <param name="bytes">Any bytes.</param>
    public ByteString(ReadOnlySpan<byte> bytes) => _bytes = bytes.ToArray();

    private ByteString(ReadOnlyMemory<byte> bytes) => _bytes = bytes;

    /// <summary>The bytes.</summary>
    public ReadOnlySpan<byte> Span => _bytes.Span;

    /// <summary>The bytes, as memory that can be kept.</summary>
    public ReadOnlyMemory<byte> Memory => _bytes;

    /// <summary>The number of bytes.</summary>
    public int Length => _bytes.Length;

    /// <summary>Whether there are no bytes.</summary>
    public bool IsEmpty => _bytes.IsEmpty;

    /// <summary>The UTF-8 bytes of a text.</summary>
    /// <param name="text">The text, taken literally.</param>
    /// <exception cref="ArgumentException">The text holds a surrogate without its partner, which has no UTF-8 form.</exception>
    public static ByteString FromText(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return new ByteString(new UTF8Encoding(false, throwOnInvalidBytes: true).GetBytes(text).AsMemory());
    }

    /// <summary>Reads back what <see cref="ToString"/> wrote.</summary>
    /// <param name="display">Text in which <c>\ooo</c> (three octal digits) stands for a byte.</param>
    /// <exception cref="ArgumentException">The text holds a surrogate without its partner.</exception>
    public static ByteString FromDisplay(string display) =>
        new(OctalEscape.Unescape(FromText(display).Span).AsMemory());

    /// <summary>The words of a text in which each is ended by a zero byte, such as a command line or an environment in <c>/proc</c>.</summary>
    internal static ImmutableArray<ByteString> SplitAtZeros(ReadOnlySpan<byte> text)
    {
        var words = ImmutableArray.CreateBuilder<ByteString>();
        while (!text.IsEmpty)
        {
            int end = text.IndexOf((byte)0);
            words.Add(new ByteString(end < 0 ? text : text[..end]));
            text = end < 0 ? default : text[(end + 1)..];
        }

        return words.ToImmutable();
    }

    /// <summary>Takes memory that nobody will change any more, without copying it.</summary>
    internal static ByteString Wrap(ReadOnlyMemory<byte> bytes) => new(bytes);

    /// <summary>Whether two values hold the same bytes.</summary>
    public static bool operator ==(ByteString left, ByteString right) => left.Equals(right);

    /// <summary>Whether two values differ in a byte.</summary>
    public static bool operator !=(ByteString left, ByteString right) => !left.Equals(right);

    /// <summary>Whether the left value sorts first, byte by byte.</summary>
    public static bool operator <(ByteString left, ByteString right) => left.CompareTo(right) < 0;

    /// <summary>Whether the left value sorts first or both are equal.</summary>
    public static bool operator <=(ByteString left, ByteString right) => left.CompareTo(right) <= 0;

    /// <summary>Whether the right value sorts first, byte by byte.</summary>
    public static bool operator >(ByteString left, ByteString right) => left.CompareTo(right) > 0;

    /// <summary>Whether the right value sorts first or both are equal.</summary>
    public static bool operator >=(ByteString left, ByteString right) => left.CompareTo(right) >= 0;

    /// <inheritdoc/>
    public bool Equals(ByteString other) => Span.SequenceEqual(other.Span);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is ByteString other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        HashCode hash = default;
        hash.AddBytes(Span);
        return hash.ToHashCode();
    }

    /// <summary>Orders by unsigned bytes; a value sorts before every longer one that starts with it.</summary>
    public int CompareTo(ByteString other) => Span.SequenceCompareTo(other.Span);

    /// <summary>
    /// The bytes as text for showing, without loss: UTF-8 is decoded; bytes that are not UTF-8, backslashes, control and
    /// formatting characters (which a terminal would act on) are written as <c>\ooo</c>.
    /// </summary>
    public override string ToString()
    {
        ReadOnlySpan<byte> rest = Span;
        var text = new StringBuilder(rest.Length);
        while (!rest.IsEmpty)
        {
            OperationStatus status = Rune.DecodeFromUtf8(rest, out Rune rune, out int length);
            if (status == OperationStatus.Done && rune.Value != '\\' && Shown.IsShownAsItself(rune))
            {
                text.Append(rune);
            }
            else
            {
                foreach (byte value in rest[..length])
                    AppendOctal(text, value);
            }

            rest = rest[length..];
        }

        return text.ToString();
    }

    /// <summary>Adds a byte as <c>\ooo</c>.</summary>
    internal static void AppendOctal(StringBuilder text, byte value)
    {
        Span<byte> escape = stackalloc byte[4];
        OctalEscape.Write(value, escape);
        foreach (byte character in escape)
            text.Append((char)character);
    }
}
