using Overlay2.Storage.Benchmarks.Workloads;

namespace Overlay2.Storage.Benchmarks.Peers;

/// <summary>The baseline: finds the end of every line and looks at nothing else.</summary>
internal static class NewlineSearch
{
    public static long Lines(Workload workload)
    {
        long lines = 0;
        ReadOnlySpan<byte> rest = workload.Text;
        while (true)
        {
            int end = rest.IndexOf((byte)'\n');
            if (end < 0)
                return lines;
            lines++;
            rest = rest[(end + 1)..];
        }
    }
}
