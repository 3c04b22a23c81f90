using System.Buffers;
using System.Collections.Immutable;
using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.MountOptions;

public sealed partial class OverlayMountOptions
{
    private static readonly SearchValues<byte> s_specialInName = SearchValues.Create(",= \t\n\\"u8);
    private static readonly SearchValues<byte> s_specialInValue = SearchValues.Create(", \t\n\\"u8);
    private static readonly SearchValues<byte> s_specialInQuotes = SearchValues.Create("\"\n\\"u8);

    /// <summary>The field as the kernel writes it into mountinfo: <see cref="Parse"/> backwards.</summary>
    public byte[] ToSuperOptions()
    {
        var text = new ArrayBufferWriter<byte>();
        foreach (ByteString flag in Flags)
        {
            Separate(text);
            text.Write(flag.Span);
        }

        foreach (OverlayOption option in Options)
        {
            Separate(text);
            WriteEscaped(text, option.Name.Span, s_specialInName);
            if (option.Value is not { } value)
                continue;
            text.Write("="u8);
            if (IsQuotedContext(option.Name.Span, value.Span))
            {
                text.Write("\""u8);
                WriteEscaped(text, value.Span[1..^1], s_specialInQuotes);
                text.Write("\""u8);
            }
            else
            {
                WriteUnquoted(text, option.Name.Span, value.Span);
            }
        }

        return text.WrittenSpan.ToArray();
    }

    /// <summary>The option string for mount(2), without its NUL and without <see cref="Flags"/>, which are flags of the call.</summary>
    /// <returns>The string; <see cref="MountDataBudget"/> says whether the call takes one of its length.</returns>
    /// <exception cref="InvalidOperationException">An option has no form in such a string: a NUL, a comma that no backslash can
    /// make plain (as in <c>lowerdir+</c>), an empty name, or an open backslash or quote before another option.</exception>
    public byte[] ToMountData() => TryGetMountData(out byte[] data, out OverlayOption unfit)
        ? data
        : throw new InvalidOperationException($"The option {unfit} has no form in a mount(2) string.");

    /// <summary>As <see cref="ToMountData"/>, or the first option that has no form in such a string.</summary>
    internal bool TryGetMountData(out byte[] data, out OverlayOption unfit)
    {
        data = [];
        unfit = default;
        var text = new ArrayBufferWriter<byte>();
        for (int i = 0; i < Options.Length; i++)
        {
            // A quote that opens and does not close would take in the options behind it, up to their next quote.
            if (i < Options.Length - 1 && OpensQuote(Options[i]))
            {
                unfit = Options[i];
                return false;
            }

            OverlayOption option = Options[i];
            Separate(text);
            int start = text.WrittenCount;
            text.Write(option.Name.Span);
            if (option.Value is { } value)
            {
                text.Write("="u8);
                if (option.Kind is OverlayOptionKind.LowerDirectories or OverlayOptionKind.UpperDirectory or OverlayOptionKind.WorkDirectory)
                    WriteCommasPlain(text, value.Span);
                else
                    text.Write(value.Span);
            }

            if (!IsReadBack(option, text.WrittenSpan[start..], isLast: i == Options.Length - 1))
            {
                unfit = option;
                return false;
            }
        }

        data = text.WrittenSpan.ToArray();
        return true;
    }

    /// <summary>The calls of fsconfig(2) that set these options, in order, without <see cref="Flags"/>.</summary>
    /// <returns>One call an option. A <c>lowerdir</c> that is too long for one call becomes a <c>lowerdir+</c> or <c>datadir+</c> a layer,
    /// which needs <see cref="Kernel.OverlayFeatures.LayerAppend"/>.</returns>
    public ImmutableArray<OverlayOption> ToFsConfigCalls()
    {
        var calls = ImmutableArray.CreateBuilder<OverlayOption>(Options.Length);
        foreach (OverlayOption option in Options)
        {
            if (option.Kind != OverlayOptionKind.LowerDirectories || option.Value is not { } value || value.Length <= MountDataBudget.MaxFsConfigValue)
            {
                calls.Add(option);
                continue;
            }

            foreach (LayerPath layer in new LowerDirList(value.Span))
                calls.Add(new(ByteString.FromText(layer.Role == LayerRole.Data ? "datadir+" : "lowerdir+"), layer.Path.Bytes));
        }

        return calls.ToImmutable();
    }

    /// <summary>Whether the kernel would split the string so that the option stays whole.</summary>
    private static bool IsReadBack(OverlayOption option, ReadOnlySpan<byte> written, bool isLast)
    {
        if (option.Name.IsEmpty || option.Name.Span.IndexOfAny(s_specialInName) >= 0 || written.Contains((byte)0))
            return false;
        ReadOnlySpan<byte> rest = written;
        return TakeFromMountData(ref rest).Length == written.Length && (isLast || !LayerEscape.EndsOpen(written));
    }

    private static void Separate(ArrayBufferWriter<byte> text)
    {
        if (text.WrittenCount > 0)
            text.Write(","u8);
    }

    /// <summary>Whether a quote opens that the value does not close.</summary>
    private static bool OpensQuote(OverlayOption option) =>
        option.Value is { } value && SecurityContextOption.IsName(option.Name.Span)
        && value.Span is [SecurityContextOption.Quote, ..] && !value.Span[1..].Contains(SecurityContextOption.Quote);

    private static bool IsQuotedContext(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value) =>
        SecurityContextOption.IsName(name) && value is [SecurityContextOption.Quote, .., SecurityContextOption.Quote];

    /// <summary>Writes a value whose first byte, if it is a quote, must not open one: a quote further on could close it.</summary>
    private static void WriteUnquoted(ArrayBufferWriter<byte> text, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        int quote = SecurityContextOption.IsName(name) && value is [SecurityContextOption.Quote, ..] ? 1 : 0;
        WriteEscaped(text, value[..quote], s_specialInQuotes);
        WriteEscaped(text, value[quote..], s_specialInValue);
    }

    private static void WriteEscaped(ArrayBufferWriter<byte> text, ReadOnlySpan<byte> bytes, SearchValues<byte> special)
    {
        while (true)
        {
            int plain = bytes.IndexOfAny(special);
            if (plain < 0)
            {
                text.Write(bytes);
                return;
            }

            text.Write(bytes[..plain]);
            OctalEscape.Write(bytes[plain], text.GetSpan(4));
            text.Advance(4);
            bytes = bytes[(plain + 1)..];
        }
    }

    /// <summary>Puts a backslash before every comma that has none.</summary>
    private static void WriteCommasPlain(ArrayBufferWriter<byte> text, ReadOnlySpan<byte> value)
    {
        while (true)
        {
            int comma = LayerEscape.IndexOfPlain(value, Comma);
            if (comma < 0)
            {
                text.Write(value);
                return;
            }

            text.Write(value[..comma]);
            text.Write("\\,"u8);
            value = value[(comma + 1)..];
        }
    }
}
