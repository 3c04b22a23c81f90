using System.Collections.Immutable;
using System.Globalization;
using Overlay2.Storage.CrashTests.Faults;
using Overlay2.Storage.CrashTests.Listings;
using Overlay2.Storage.CrashTests.Scenarios;

namespace Overlay2.Storage.CrashTests.Courses;

/// <summary>Somebody swaps a store's root, a directory in it or one above it for a link to a copy: right before each changing call of a run, and all the time while runs work.
/// The copy looks like the store, so that whoever follows the link finds everything there; nothing may be written to it. What ended early goes on when everything is in its place again.</summary>
internal sealed class SwapCourse(PlanScenario scenario, Tool tool, Tally tally, string scratch) : Course(scenario, tool, tally, scratch, isQuick: false)
{
    /// <summary>So many swaps while runs work, at least.</summary>
    private const int LeastSwaps = 300_000;

    /// <summary>Nearly all swaps are made between the calls of some runs that are slow; so many runs there are at least.</summary>
    private const int LeastRuns = 60;

    /// <summary>Directories are alike; of those in one directory so many are swapped at each call.</summary>
    private const int MostAlike = 2;

    private readonly PlanScenario _scenario = scenario;

    /// <summary>What the store is in, without a slash; it is swapped too.</summary>
    private readonly string _above = Path.GetDirectoryName(scenario.HostWords[^1])!;

    private readonly string _copy = $"{scratch}/copy";

    public void Run()
    {
        int calls = 0;
        ImmutableArray<string> places = [];
        Try("undisturbed", () =>
        {
            ApplyUndisturbed();
            End();
            Begin();
            Programs.Run("cp", "-a", _above, _copy);
            places = Directories(MostAlike);
            calls = Tool.RunWell(ApplyWords).Calls.Length;
            End();
        });
        if (calls == 0)
            return;
        IReadOnlyList<string> copy = TreeListing.Of(_copy);
        for (int call = 1; call <= calls; call++)
        {
            foreach (string place in places)
                Try(string.Create(CultureInfo.InvariantCulture, $"{place} swapped before call {call} of {calls}"), () => SwapBefore(call, place, copy));
        }

        places = Directories(int.MaxValue);
        var dice = new Random(1);
        for (int run = 0; !IsGivenUp && (run < LeastRuns || Tally[TallyColumn.Swaps] < LeastSwaps); run++)
            Try(string.Create(CultureInfo.InvariantCulture, $"run {run} while directories are swapped"), () => SwapMeanwhile(places, dice, copy));
    }

    private void SwapBefore(int call, string place, IReadOnlyList<string> copy)
    {
        Begin();
        ToolRun run;
        using (var swapper = new Swapper(_above, _copy))
            run = Tool.RunPaused(call, ApplyWords, _ => swapper.Swap(place));
        Tally.Add(TallyColumn.Pauses);
        Tally.Add(TallyColumn.Swaps);
        GoOn(run, copy);
    }

    private void SwapMeanwhile(ImmutableArray<string> places, Random dice, IReadOnlyList<string> copy)
    {
        Begin();
        ToolRun run = WhileSwapping(places, dice, ApplyWords);
        if (!run.IsGood && Journal.Exists)
            run = WhileSwapping(places, dice, ResumeWords);
        if (Journal.Exists && !_scenario.IsFinal)
            WhileSwapping(places, dice, RollbackWords);
        Listing.Expect(copy, TreeListing.Of(_copy), "something was written through a link");
        if (!run.IsGood)
            Tally.Add(TallyColumn.Stopped);
        Begin(); // Where three runs were disturbed, one after the other, any of their ends may be the last.
    }

    private ToolRun WhileSwapping(ImmutableArray<string> places, Random dice, ImmutableArray<string> words)
    {
        using var swapper = new Swapper(_above, _copy);
        ToolRun run = Orderly(swapper.Meanwhile(places, dice, () => Tool.Run(default, words)));
        Tally.Add(TallyColumn.Swaps, swapper.Count);
        return run;
    }

    /// <summary>With everything in its place again, what ended early goes on to a healthy end. What is removed for good has to be as it was planned: a directory changes when
    /// an entry of it is swapped, and may stay.</summary>
    private void GoOn(ToolRun run, IReadOnlyList<string> copy)
    {
        Listing.Expect(copy, TreeListing.Of(_copy), "something was written through a link");
        if (!Orderly(run).IsGood)
            Tally.Add(TallyColumn.Stopped);
        if (!Journal.Exists)
        {
            ExpectBefore("there is no journal");
            return;
        }

        ToolRun last = run.IsGood || Journal.HasEnded ? run : Orderly(Tool.Run(default, ResumeWords));
        if (last.IsGood || Journal.HasEnded)
            ExpectAfter("it is done, and not as an undisturbed repair");
        else if (!_scenario.IsFinal || !last.IsOtherEntry)
            throw new CrashFailure($"it does not go on: {last}");
        End();
    }

    private void End()
    {
        if (_scenario.IsFinal)
            return;
        Tool.RunWell(RollbackWords);
        ExpectBefore("rollback does not give what there was before");
    }

    private static ToolRun Orderly(ToolRun run) => run.IsOrderly ? run : throw new CrashFailure($"no orderly end: {run}");

    /// <summary>The directories of the copy, and itself, as paths below what is above the store.</summary>
    private ImmutableArray<string> Directories(int most)
    {
        List<string> found = [""];
        for (int i = 0; i < found.Count; i++)
        {
            string directory = Path.Join(_copy, found[i]);
            found.AddRange(new DirectoryInfo(directory).GetDirectories().Where(inner => inner.LinkTarget is null).OrderBy(inner => inner.Name, StringComparer.Ordinal)
                .Take(most).Select(inner => Path.Join(found[i], inner.Name)));
        }

        return [.. found];
    }
}
