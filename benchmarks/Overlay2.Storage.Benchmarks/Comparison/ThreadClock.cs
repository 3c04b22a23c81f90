using System.Runtime.InteropServices;

namespace Overlay2.Storage.Benchmarks.Comparison;

/// <summary>Processor time of the calling thread: on a busy machine a clock on the wall counts the work of others too.</summary>
internal static partial class ThreadClock
{
    private const int ThreadProcessorTime = 3;

    /// <summary>Nanoseconds of this thread so far.</summary>
    public static long Now()
    {
        if (GetTime(ThreadProcessorTime, out TimeSpec time) != 0)
            throw new InvalidOperationException("The system has no clock for the time of a thread.");
        return time.Seconds * 1_000_000_000 + time.Nanoseconds;
    }

    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    private static partial int GetTime(int clock, out TimeSpec time);

    [StructLayout(LayoutKind.Sequential)]
    private struct TimeSpec
    {
        public long Seconds;
        public long Nanoseconds;
    }
}
