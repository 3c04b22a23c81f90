using System.Collections.Immutable;
using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.MountOptions;

public sealed partial class OverlayMountOptions
{
    private const byte Comma = (byte)',';
    private const byte EqualsSign = (byte)'=';
    private const byte Quote = (byte)'"';

    /// <summary>Reads the super options of an overlay line of mountinfo, or the text of statmount(2) MNT_OPTS.</summary>
    /// <param name="superOptions">The field as the kernel wrote it, with its octal escapes; any bytes. Options are split at commas
    /// before the escapes are decoded. A comma in the quotes of a security context is no separator. Empty options are left out.</param>
    public static OverlayMountOptions Parse(ReadOnlySpan<byte> superOptions)
    {
        var flags = ImmutableArray.CreateBuilder<ByteString>();
        var options = ImmutableArray.CreateBuilder<OverlayOption>();
        while (!superOptions.IsEmpty)
        {
            ReadOnlySpan<byte> text = Take(ref superOptions, escapes: false);
            if (text.IsEmpty)
                continue;
            if (options.Count == 0 && IsFlag(text))
                flags.Add(new ByteString(text));
            else
                options.Add(ReadOption(text, octal: true));
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
            ReadOnlySpan<byte> text = Take(ref mountData, escapes: true);
            if (!text.IsEmpty)
                options.Add(ReadOption(text, octal: false));
        }

        return new([], options.DrainToImmutable());
    }

    /// <summary>Takes the text up to the next comma that separates.</summary>
    private static ReadOnlySpan<byte> Take(ref ReadOnlySpan<byte> text, bool escapes)
    {
        int quoted = QuotedLength(text);
        int end = escapes ? LayerEscape.IndexOfPlain(text[quoted..], Comma) : text[quoted..].IndexOf(Comma);
        ReadOnlySpan<byte> option = end < 0 ? text : text[..(quoted + end)];
        text = end < 0 ? default : text[(quoted + end + 1)..];
        return option;
    }

    /// <summary>The length of a security context in quotes that the text starts with; 0 if it does not.</summary>
    private static int QuotedLength(ReadOnlySpan<byte> text)
    {
        int name = text.IndexOfAny(EqualsSign, Comma);
        if (name < 0 || text[name] != EqualsSign || !text[..name].EndsWith("context"u8) || text[(name + 1)..] is not [Quote, ..])
            return 0;
        int end = text[(name + 2)..].IndexOf(Quote);
        return end < 0 ? 0 : name + 2 + end + 1;
    }

    private static bool IsFlag(ReadOnlySpan<byte> text) =>
        text.SequenceEqual("rw"u8) || text.SequenceEqual("ro"u8) || text.SequenceEqual("sync"u8)
        || text.SequenceEqual("dirsync"u8) || text.SequenceEqual("mand"u8) || text.SequenceEqual("lazytime"u8);

    private static OverlayOption ReadOption(ReadOnlySpan<byte> text, bool octal)
    {
        int end = text.IndexOf(EqualsSign);
        return end < 0
            ? new(Decode(text, octal), null)
            : new(Decode(text[..end], octal), Decode(text[(end + 1)..], octal));
    }

    private static ByteString Decode(ReadOnlySpan<byte> text, bool octal) =>
        octal ? ByteString.Wrap(OctalEscape.Unescape(text)) : new ByteString(text);
}
