using System.Collections.Immutable;
using Overlay2.Storage.CrashTests.Courses;
using Overlay2.Storage.CrashTests.Faults;

namespace Overlay2.Storage.CrashTests.Scenarios;

/// <summary>A damage that a plan mends.</summary>
internal abstract class PlanScenario(string scratch) : Scenario(scratch)
{
    /// <summary>The words that make <c>overlay2 plan</c> plan for this damage.</summary>
    public abstract ImmutableArray<string> PlanWords { get; }

    /// <summary>Words that only <c>apply</c> gets.</summary>
    public virtual ImmutableArray<string> ActWords => [];

    /// <summary>The words that tell every command which host it is about; asked after <see cref="Build"/>.</summary>
    public abstract ImmutableArray<string> HostWords { get; }

    /// <summary>Whether everything is built anew for each trial: mounts have numbers that a plan knows.</summary>
    public abstract bool IsBuiltEachTime { get; }

    /// <summary>Makes the damaged thing, in the place of an earlier one.</summary>
    public abstract void Build();

    /// <summary>Everything there is that a repair or a rollback may change.</summary>
    public abstract IReadOnlyList<string> List();

    /// <summary>Compares what an undisturbed repair leaves with what there was before the damage.</summary>
    /// <exception cref="CrashFailure">It is not that.</exception>
    public abstract void CheckRepaired();

    /// <summary>Whether nothing brings the damage back.</summary>
    public virtual bool IsFinal => false;

    public override void Run(Tool tool, Tally tally, Extent extent)
    {
        if (extent == Extent.Rivals)
            new RivalCourse(this, tool, tally, Scratch).Run();
        else if (extent == Extent.Swaps)
            new SwapCourse(this, tool, tally, Path.GetDirectoryName(Scratch)!).Run();
        else if (IsFinal)
            new FinalCourse(this, tool, tally, Scratch, extent == Extent.Quick).Run();
        else
            new RepairCourse(this, tool, tally, Scratch, extent == Extent.Quick).Run();
    }
}
