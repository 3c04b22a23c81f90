using System.Runtime.InteropServices;

namespace Overlay2.Storage.Tests;

/// <summary>Processor time of the calling thread: on a busy machine it says what a clock on the wall can not.</summary>
internal static partial class ThreadTime
{
    private const int ThreadClock = 3;

    /// <summary>The shortest of some runs, in nanoseconds; one is enough where the bar is high.</summary>
    public static double Shortest(Action action, int runs = 5) => Enumerable.Range(0, runs).Min(_ =>
    {
        long start = Now();
        action();
        return (double)(Now() - start);
    });

    private static long Now()
    {
        Assert.Equal(0, clock_gettime(ThreadClock, out TimeSpec time));
        return time.Seconds * 1_000_000_000 + time.Nanoseconds;
    }

    [LibraryImport("libc")]
    private static partial int clock_gettime(int clock, out TimeSpec time);

    [StructLayout(LayoutKind.Sequential)]
    private struct TimeSpec
    {
        public long Seconds;
        public long Nanoseconds;
    }
}
