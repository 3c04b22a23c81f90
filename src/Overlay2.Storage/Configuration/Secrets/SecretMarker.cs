using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.Configuration.Secrets;

/// <summary>What stands in the place of something that is left out.</summary>
internal static class SecretMarker
{
    /// <summary>How often a text is filtered until it comes to rest.</summary>
    public const int MostPasses = 4;

    /// <summary>The word itself.</summary>
    public static ReadOnlySpan<byte> Text => "REDACTED"u8;

    /// <summary>The word in the place of a value, and its new lines behind it, so that the lines of a file keep their numbers.</summary>
    public static void Add(List<byte> filtered, ReadOnlySpan<byte> value)
    {
        filtered.AddRange(Text);
        filtered.AddRange(Enumerable.Repeat((byte)'\n', value.Count((byte)'\n')));
    }

    /// <summary>Filters until nothing more changes; what does not come to rest is left out as a whole. So a filter that is applied twice changes nothing more.</summary>
    public static ByteString Settle(ReadOnlySpan<byte> text, Filter filter)
    {
        byte[] settled = filter(text);
        if (settled.AsSpan().SequenceEqual(text))
            return ByteString.Wrap(settled);
        for (int i = 1; i < MostPasses; i++)
        {
            byte[] next = filter(settled);
            if (next.AsSpan().SequenceEqual(settled))
                return ByteString.Wrap(settled);
            settled = next;
        }

        List<byte> nothing = [];
        Add(nothing, text);
        return ByteString.Wrap(nothing.ToArray());
    }

    /// <summary>One pass over a text.</summary>
    public delegate byte[] Filter(ReadOnlySpan<byte> text);
}
