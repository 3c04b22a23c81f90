using System.Collections.Immutable;
using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.MountOptions;

public sealed partial class OverlayMountOptions
{
    private const byte Comma = (byte)',';
    private const byte EqualsSign = (byte)'=';

    /// <summary>Reads the super options of an overlay line of mountinfo, or the text of statmount(2) MNT_OPTS.</summary>
    /// <param name="superOptions">The field as the kernel wrote it, with its octal escapes; any bytes. Options are split at commas
    /// before the escapes are decoded. A comma in the quotes of a security context is no separator. Empty options are left out.</param>
    public static OverlayMountOptions Parse(ReadOnlySpan<byte> superOptions)
    {
        var flags = ImmutableArray.CreateBuilder<ByteString>();
        var options = ImmutableArray.CreateBuilder<OverlayOption>();
        var reader = new OverlayOptionReader(superOptions);
        while (reader.Read())
        {
            if (options.Count == 0 && IsFlag(reader.Option))
                flags.Add(new ByteString(reader.Option));
            else
                options.Add(new(Decode(reader.Name), reader.HasValue ? Decode(reader.Value) : null));
        }

        return new(flags.DrainToImmutable(), options.DrainToImmutable());
    }

    /// <summary>Reads the option string of a mount(2) call.</summary>
    /// <param name="mountData">The string without its NUL; any bytes. It has no octal level; a backslash makes the comma after it
    /// plain and stays part of the value. Empty options are left out, as the kernel does.</param>
    public static OverlayMountOptions ParseMountData(ReadOnlySpan<byte> mountData)
    {
        var options = ImmutableArray.CreateBuilder<OverlayOption>();
        while (!mountData.IsEmpty)
        {
            ReadOnlySpan<byte> text = TakeFromMountData(ref mountData);
            if (!text.IsEmpty)
                options.Add(ReadOption(text));
        }

        return new([], options.DrainToImmutable());
    }

    /// <summary>Takes the text up to the next comma that separates.</summary>
    private static ReadOnlySpan<byte> TakeFromMountData(ref ReadOnlySpan<byte> text)
    {
        int name = text.IndexOfAny(EqualsSign, Comma);
        bool isContext = name >= 0 && text[name] == EqualsSign && SecurityContextOption.IsName(text[..name]);
        int quoted = isContext ? SecurityContextOption.EndOfQuotes(text, name + 1) : -1;
        int end = quoted < 0 ? LayerEscape.IndexOfPlain(text, Comma) : quoted == text.Length ? -1 : quoted;
        ReadOnlySpan<byte> option = end < 0 ? text : text[..end];
        text = end < 0 ? default : text[(end + 1)..];
        return option;
    }

    private static bool IsFlag(ReadOnlySpan<byte> text) =>
        text.SequenceEqual("rw"u8) || text.SequenceEqual("ro"u8) || text.SequenceEqual("sync"u8)
        || text.SequenceEqual("dirsync"u8) || text.SequenceEqual("mand"u8) || text.SequenceEqual("lazytime"u8);

    private static OverlayOption ReadOption(ReadOnlySpan<byte> text)
    {
        int end = text.IndexOf(EqualsSign);
        return end < 0 ? new(new ByteString(text), null) : new(new ByteString(text[..end]), new ByteString(text[(end + 1)..]));
    }

    private static ByteString Decode(ReadOnlySpan<byte> text) => ByteString.Wrap(OctalEscape.Unescape(text));
}
