using System.Text;
using CsCheck;
using Overlay2.Storage.TestShared;

namespace Overlay2.Storage.PropertyTests.Mounts;

/// <summary>The reader against a plain parser, by every kind of vector.</summary>
public sealed class MountInfoReaderProperties
{
    private static readonly Gen<string> s_number = Gen.OneOf(
        Gen.Int[0, 1 << 20].Select(value => $"{value}"), Gen.ULong.Select(value => $"{value}"), Gen.Char["0123456789:x "].Array[0, 12].Select(value => new string(value)));

    private static readonly Gen<string> s_word = Gen.OneOf(
        Gen.Char["/ab\\0147-:,=\"#\r\0\u00ff"].Array[0, 12].Select(value => new string(value)),
        Gen.Char["/abcdefgh"].Array[0, 150].Select(value => new string(value)),
        Choice.Of("-", "", "overlay", "tmpfs", "rw,relatime", "shared:1", "/", "--"));

    private static readonly Gen<string> s_line = Gen.Select(
        s_number, s_number, Gen.Select(s_number, s_number), Gen.Select(s_word, s_word, s_word), s_word.Array[0, 4], Gen.Select(s_word, s_word), s_word.Array[1, 3],
        (id, parent, device, places, optional, kind, super) =>
            $"{id} {parent} {device.Item1}:{device.Item2} {places.Item1} {places.Item2} {places.Item3} "
            + $"{string.Concat(optional.Select(field => field + " "))}- {kind.Item1} {kind.Item2} {string.Join(' ', super)}\n");

    private static readonly Gen<byte[]> s_text = s_line.Array[0, 6].Select(lines => Encoding.Latin1.GetBytes(string.Concat(lines)));

    [Fact]
    public void Lines_of_any_fields() => s_text.Sample(MountInfoComparison.Check, iter: 5_000);

    [Fact]
    public void Lines_with_a_byte_changed_cut_or_doubled() =>
        Gen.Select(s_text, Gen.UInt, Choice.Of((byte)' ', (byte)'\n', (byte)'-', (byte)':', (byte)'0', (byte)255), Gen.Int[0, 3]).Sample((text, at, value, how) =>
        {
            if (text.Length == 0)
                return;
            int place = (int)(at % (uint)text.Length);
            MountInfoComparison.Check(how switch
            {
                0 => [.. text[..place], value, .. text[(place + 1)..]],
                1 => [.. text[..place], value, .. text[place..]],
                2 => text[..place],
                _ => [.. text[..place], .. text[(place + 1)..]],
            });
        }, iter: 5_000);

    [Fact]
    public void Any_bytes() =>
        Gen.OneOf(Gen.Byte, Choice.Of((byte)' ', (byte)' ', (byte)'\n', (byte)'-')).Array[0, 400].Sample(MountInfoComparison.Check, iter: 3_000);
}
