namespace Overlay2.Storage.Tests;

/// <summary>Asserts that code allocates nothing on the managed heap.</summary>
internal static class Allocation
{
    /// <summary>Runs the action until it is warm, then once more and counts.</summary>
    public static void AssertNone(Action action)
    {
        for (int i = 0; i < 3; i++)
            action();

        long before = GC.GetAllocatedBytesForCurrentThread();
        action();
        long after = GC.GetAllocatedBytesForCurrentThread();

        Assert.Equal(0, after - before);
    }
}
