using System.Globalization;
using System.Text;
using Overlay2.Storage.Benchmarks.Workloads;

namespace Overlay2.Storage.Benchmarks.Peers;

/// <summary>Strings as most programs read mountinfo: ReadLine, then Split. ReadLine ends a line at a carriage return too, so hard
/// lines fail.</summary>
internal static class LineSplit
{
    private const int FirstOptionalField = 6;

    public static long AllFields(Workload workload)
    {
        long sum = 0;
        using var reader = new StreamReader(new MemoryStream(workload.Text), Encoding.UTF8);
        while (reader.ReadLine() is { } line)
        {
            string[] fields = line.Split(' ');
            int separator = fields.Length > FirstOptionalField ? Array.IndexOf(fields, "-", FirstOptionalField) : -1;
            if (separator < 0 || separator + 3 >= fields.Length)
                throw new FormatException("Not a line of mountinfo.");

            string[] device = fields[2].Split(':');
            sum += Number(fields[0]) + Number(fields[1]) + Number(device[0]) + Number(device[1]);
            foreach (string field in fields.AsSpan(3))
                sum += field.Length;
        }

        return sum;
    }

    private static int Number(string digits) => int.Parse(digits, NumberStyles.None, CultureInfo.InvariantCulture);
}
