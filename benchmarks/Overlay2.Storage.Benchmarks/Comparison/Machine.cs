using System.Runtime.InteropServices;

namespace Overlay2.Storage.Benchmarks.Comparison;

/// <summary>What the figures were measured on.</summary>
internal static class Machine
{
    public static string Processor => File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal)) is { } line
        ? line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim()
        : RuntimeInformation.ProcessArchitecture.ToString();

    public static string Runtime => RuntimeInformation.FrameworkDescription;

    public static string LoadAverage => File.ReadAllText("/proc/loadavg").Split(' ')[0];
}
