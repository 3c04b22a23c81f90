using System.Buffers.Text;
using Overlay2.Storage.Benchmarks.Workloads;

namespace Overlay2.Storage.Benchmarks.Peers;

/// <summary>Span code as one writes it first: one IndexOf for each line, field, option and layer. Allocates nothing.</summary>
internal static class SpanIndexOf
{
    public static long AllFields(Workload workload)
    {
        long sum = 0;
        ReadOnlySpan<byte> rest = workload.Text;
        while (!rest.IsEmpty)
        {
            ReadOnlySpan<byte> line = Take(ref rest, (byte)'\n');
            sum += Number(Take(ref line, (byte)' ')) + Number(Take(ref line, (byte)' '));
            ReadOnlySpan<byte> device = Take(ref line, (byte)' ');
            sum += Number(Take(ref device, (byte)':')) + Number(device);
            sum += Take(ref line, (byte)' ').Length + Take(ref line, (byte)' ').Length + Take(ref line, (byte)' ').Length;

            int optional = -1;
            ReadOnlySpan<byte> field = Take(ref line, (byte)' ');
            while (!field.SequenceEqual("-"u8))
            {
                optional += field.Length + 1;
                field = Take(ref line, (byte)' ');
            }

            sum += Math.Max(optional, 0);
            sum += Take(ref line, (byte)' ').Length + Take(ref line, (byte)' ').Length + line.Length;
        }

        return sum;
    }

    public static long OptionsAndLayers(Workload workload)
    {
        long sum = 0;
        foreach (Range overlay in workload.OverlayOptions)
        {
            ReadOnlySpan<byte> rest = workload.Text.AsSpan(overlay);
            while (!rest.IsEmpty)
            {
                ReadOnlySpan<byte> value = Take(ref rest, (byte)',');
                ReadOnlySpan<byte> name = Take(ref value, (byte)'=');
                sum += name.Length;
                if (name.SequenceEqual("lowerdir"u8))
                {
                    while (!value.IsEmpty)
                        sum += Take(ref value, (byte)':').Length;
                }
                else if (name.SequenceEqual("lowerdir+"u8) || name.SequenceEqual("datadir+"u8))
                {
                    sum += value.Length;
                }
            }
        }

        return sum;
    }

    private static ReadOnlySpan<byte> Take(ref ReadOnlySpan<byte> rest, byte separator)
    {
        int end = rest.IndexOf(separator);
        ReadOnlySpan<byte> taken = end < 0 ? rest : rest[..end];
        rest = end < 0 ? default : rest[(end + 1)..];
        return taken;
    }

    private static int Number(ReadOnlySpan<byte> digits) => Utf8Parser.TryParse(digits, out int value, out int consumed) && consumed == digits.Length
        ? value
        : throw new FormatException("Not a number.");
}
