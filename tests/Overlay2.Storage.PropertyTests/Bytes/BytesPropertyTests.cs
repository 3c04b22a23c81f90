using System.Text.Json;
using CsCheck;
using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.PropertyTests.Bytes;

public sealed class BytesPropertyTests
{
    private static readonly Gen<byte[]> s_bytes = Gen.Byte.Array[0, 80];

    /// <summary>Bytes among which escapes, separators and broken UTF-8 are frequent.</summary>
    private static readonly Gen<byte[]> s_oddBytes =
        Gen.OneOf(Gen.Char["\\ \t\n#,:/0123457"].Select(c => (byte)c), Gen.Byte).Array[0, 60];

    private static readonly Gen<byte[]> s_any = Gen.OneOf(s_bytes, s_oddBytes);

    [Fact]
    public void Unescape_undoes_Escape_for_every_set() =>
        Gen.Select(s_any, Gen.Enum<OctalEscapeSet>()).Sample((bytes, set) =>
        {
            byte[] escaped = OctalEscape.Escape(bytes, set);
            return bytes.AsSpan().SequenceEqual(OctalEscape.Unescape(escaped))
                && escaped.Length == OctalEscape.GetEscapedLength(bytes, set)
                && !escaped.AsSpan().ContainsAny(" \t\n"u8);
        });

    [Fact]
    public void The_unescaped_length_is_foretold_and_enough() =>
        s_any.Sample(bytes =>
        {
            int length = OctalEscape.GetUnescapedLength(bytes);
            byte[] exact = new byte[length];
            return OctalEscape.TryUnescape(bytes, exact, out int written) && written == length
                && (length == 0 || !OctalEscape.TryUnescape(bytes, exact.AsSpan(1), out _));
        });

    [Fact]
    public void Display_text_loses_nothing() =>
        s_any.Sample(bytes => ByteString.FromDisplay(new ByteString(bytes).ToString()) == new ByteString(bytes));

    [Fact]
    public void Json_loses_nothing() =>
        s_any.Sample(bytes => JsonSerializer.Deserialize<ByteString>(JsonSerializer.Serialize(new ByteString(bytes))) == new ByteString(bytes));

    [Fact]
    public void A_path_starts_with_its_parent_and_combines_back() =>
        s_oddBytes.Sample(bytes =>
        {
            BytePath path = new(bytes);
            return !path.TryGetParent(out BytePath parent)
                || (path.StartsWith(parent) && parent.Combine(new BytePath(path.FileName)).StartsWith(path));
        });
}
