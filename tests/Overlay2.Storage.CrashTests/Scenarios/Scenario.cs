using Overlay2.Storage.CrashTests.Faults;

namespace Overlay2.Storage.CrashTests.Scenarios;

/// <summary>Something damaged, and what has to hold of runs of the tool that mend it and are killed or meet failing calls.</summary>
/// <param name="scratch">A directory of its own, on a file system of its own.</param>
internal abstract class Scenario(string scratch) : IDisposable
{
    /// <summary>The directory of its own.</summary>
    protected string Scratch { get; } = scratch;

    /// <summary>Kills the tool everywhere, lets its calls fail, and compares.</summary>
    public abstract void Run(Tool tool, Tally tally, Extent extent);

    public virtual void Dispose()
    {
    }
}
