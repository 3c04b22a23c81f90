using System.Text.Json.Serialization;

namespace Overlay2.Storage.Bytes;

/// <summary>A Linux path: any bytes but NUL, separated by <c>/</c>. Nothing here looks at a file system.</summary>
/// <remarks>
/// <para>Equality and order are those of the bytes, so <c>/a/</c> and <c>/a</c> differ; <see cref="StartsWith"/> and
/// <see cref="GetComponents"/> see components and treat them alike. <c>.</c> and <c>..</c> are components like others: only the
/// kernel can resolve them. Thread-safe. The default value is the empty path.</para>
/// <para>Source: path_resolution(7).</para>
/// </remarks>
[JsonConverter(typeof(BytePathJsonConverter))]
public readonly struct BytePath : IEquatable<BytePath>, IComparable<BytePath>
{
    private const byte Separator = (byte)'/';

    /// <summary>Copies the bytes.</summary>
    /// <param name="path">The bytes of the path, without a terminating NUL.</param>
    public BytePath(ReadOnlySpan<byte> path) => Bytes = new ByteString(path);

    /// <summary>A path of these bytes.</summary>
    /// <param name="path">The bytes of the path, without a terminating NUL.</param>
    public BytePath(ByteString path) => Bytes = path;

    /// <summary>The path <c>/</c>.</summary>
    public static BytePath Root { get; } = new("/"u8);

    /// <summary>The path as bytes.</summary>
    public ByteString Bytes { get; }

    /// <summary>The path as bytes.</summary>
    public ReadOnlySpan<byte> Span => Bytes.Span;

    /// <summary>The number of bytes.</summary>
    public int Length => Bytes.Length;

    /// <summary>Whether there are no bytes.</summary>
    public bool IsEmpty => Bytes.IsEmpty;

    /// <summary>Whether the path starts with <c>/</c>.</summary>
    public bool IsAbsolute => Span is [Separator, ..];

    /// <summary>The last component; empty for <c>/</c> and for the empty path.</summary>
    public ByteString FileName
    {
        get
        {
            ReadOnlySpan<byte> path = Span.TrimEnd(Separator);
            int start = path.LastIndexOf(Separator) + 1;
            return ByteString.Wrap(Bytes.Memory[start..path.Length]);
        }
    }

    /// <summary>The path of a text, in UTF-8.</summary>
    /// <param name="text">The path, taken literally.</param>
    /// <exception cref="ArgumentException">The text holds a surrogate without its partner.</exception>
    public static BytePath FromText(string text) => new(ByteString.FromText(text));

    /// <summary>Reads back what <see cref="ToString"/> wrote.</summary>
    /// <param name="display">Text in which <c>\ooo</c> (three octal digits) stands for a byte.</param>
    /// <exception cref="ArgumentException">The text holds a surrogate without its partner.</exception>
    public static BytePath FromDisplay(string display) => new(ByteString.FromDisplay(display));

    /// <summary>Whether two paths hold the same bytes.</summary>
    public static bool operator ==(BytePath left, BytePath right) => left.Equals(right);

    /// <summary>Whether two paths differ in a byte.</summary>
    public static bool operator !=(BytePath left, BytePath right) => !left.Equals(right);

    /// <summary>Whether the left path sorts first, byte by byte.</summary>
    public static bool operator <(BytePath left, BytePath right) => left.CompareTo(right) < 0;

    /// <summary>Whether the left path sorts first or both are equal.</summary>
    public static bool operator <=(BytePath left, BytePath right) => left.CompareTo(right) <= 0;

    /// <summary>Whether the right path sorts first, byte by byte.</summary>
    public static bool operator >(BytePath left, BytePath right) => left.CompareTo(right) > 0;

    /// <summary>Whether the right path sorts first or both are equal.</summary>
    public static bool operator >=(BytePath left, BytePath right) => left.CompareTo(right) >= 0;

    /// <summary>This path followed by another; an absolute <paramref name="other"/> stands alone, as in a walk.</summary>
    /// <param name="other">The path to append.</param>
    public BytePath Combine(BytePath other)
    {
        if (IsEmpty || other.IsAbsolute)
            return other;
        if (other.IsEmpty)
            return this;

        ReadOnlySpan<byte> path = Span;
        int separator = path[^1] == Separator ? 0 : 1;
        byte[] combined = new byte[path.Length + separator + other.Length];
        path.CopyTo(combined);
        combined[path.Length] = Separator;
        other.Span.CopyTo(combined.AsSpan(path.Length + separator));
        return new BytePath(ByteString.Wrap(combined));
    }

    /// <summary>The path without its last component.</summary>
    /// <param name="parent">The parent; the empty path for a single relative component.</param>
    /// <returns><see langword="false"/> for <c>/</c> and for the empty path, which have none.</returns>
    public bool TryGetParent(out BytePath parent)
    {
        ReadOnlySpan<byte> path = Span.TrimEnd(Separator);
        if (path.IsEmpty)
        {
            parent = default;
            return false;
        }

        int name = path.LastIndexOf(Separator) + 1;
        int end = path[..name].TrimEnd(Separator).Length;
        if (end == 0 && name > 0)
            end = 1;
        parent = new BytePath(ByteString.Wrap(Bytes.Memory[..end]));
        return true;
    }

    /// <summary>The path without components <c>.</c>, and each <c>..</c> taken together with the component before it.</summary>
    /// <remarks>By the names alone: where the component before is a symbolic link, the kernel goes elsewhere.</remarks>
    public BytePath WithoutDots()
    {
        if (Span.IndexOf("/."u8) < 0 && Span is not [(byte)'.', ..])
            return this;
        List<ByteString> kept = [];
        foreach (ReadOnlySpan<byte> component in GetComponents())
        {
            bool isUp = component.SequenceEqual(".."u8);
            if (isUp && kept.Count > 0 && !kept[^1].Span.SequenceEqual(".."u8))
                kept.RemoveAt(kept.Count - 1);
            else if (!component.SequenceEqual("."u8) && !(isUp && IsAbsolute))
                kept.Add(new ByteString(component));
        }

        BytePath path = IsAbsolute ? Root : default;
        foreach (ByteString component in kept)
            path = path.Combine(new BytePath(component));
        return path;
    }

    /// <summary>Whether two paths name the same place by their components, whatever slashes are between and behind them.</summary>
    /// <param name="other">The other path.</param>
    public bool IsSamePlace(BytePath other) => this == other || (StartsWith(other) && other.StartsWith(this));

    /// <summary>Whether <paramref name="prefix"/> is this path or a directory above it, by whole components.</summary>
    /// <param name="prefix">The path above. The empty path is above every relative path.</param>
    public bool StartsWith(BytePath prefix)
    {
        if (IsAbsolute != prefix.IsAbsolute)
            return false;

        PathComponents own = GetComponents();
        foreach (ReadOnlySpan<byte> component in prefix.GetComponents())
        {
            if (!own.MoveNext() || !own.Current.SequenceEqual(component))
                return false;
        }

        return true;
    }

    /// <summary>The components, without separators and without empty ones; allocates nothing.</summary>
    public PathComponents GetComponents() => new(Span);

    /// <inheritdoc/>
    public bool Equals(BytePath other) => Bytes.Equals(other.Bytes);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is BytePath other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => Bytes.GetHashCode();

    /// <summary>Orders by unsigned bytes.</summary>
    public int CompareTo(BytePath other) => Bytes.CompareTo(other.Bytes);

    /// <summary>The path as text for showing, without loss: see <see cref="ByteString.ToString"/>.</summary>
    public override string ToString() => Bytes.ToString();
}
