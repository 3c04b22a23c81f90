using System.Diagnostics;
using Overlay2.Storage.CrashTests.Courses;
using Overlay2.Storage.CrashTests.Scenarios;

namespace Overlay2.Storage.CrashTests;

/// <summary>Runs scenarios, some at a time, and shows what became of them.</summary>
internal static class CrashRun
{
    /// <summary>Most of the time a scenario waits for a process that it started.</summary>
    private const int AtATime = 2;

    /// <summary>Runs scenarios.</summary>
    /// <param name="names">Their names; none for all of them.</param>
    /// <param name="extent">What is tried of each.</param>
    /// <returns>What the program answers.</returns>
    public static async Task<int> RunAsync(IReadOnlyList<string> names, Extent extent)
    {
        if (!Environment.IsPrivilegedProcess)
        {
            Console.Error.WriteLine("The scenarios mount, so they need root.");
            return 1;
        }

        bool isWhole = names.Count == 0 && extent == Extent.Whole;
        if (names.Count == 0)
            names = extent switch { Extent.Quick => ScenarioTable.Quick, Extent.Rivals => ScenarioTable.Rivals, Extent.Swaps => ScenarioTable.Swaps, _ => [.. ScenarioTable.All.Keys] };
        string scratch = Directory.CreateTempSubdirectory("overlay2-crashes-").FullName;
        try
        {
            await Parallel.ForEachAsync(names, new ParallelOptions { MaxDegreeOfParallelism = AtATime }, async (name, cancellationToken) =>
            {
                Directory.CreateDirectory($"{scratch}/{name}");
                using Process process = ScenarioProcess.Start(name, $"{scratch}/{name}", $"{scratch}/{name}.tally", extent);
                await process.WaitForExitAsync(cancellationToken);
            });
            Dictionary<string, Tally> tallies = names.ToDictionary(name => name, name => Tally.Load($"{scratch}/{name}.tally"), StringComparer.Ordinal);
            Console.Write(ResultTable.Describe(tallies));
            TallyColumn tried = extent switch { Extent.Rivals => TallyColumn.Rivals, Extent.Swaps => TallyColumn.Swaps, _ => TallyColumn.Kills };
            string[] lacks = [.. tallies.Where(scenario => scenario.Value[tried] == 0).Select(scenario => $"{scenario.Key}: there were no {tried}"), .. isWhole ? LackingKinds(tallies) : []];
            foreach (string lack in lacks)
                Console.WriteLine($"FAILED: {lack}");
            return lacks.Length > 0 || tallies.Values.Any(tally => tally.Failures.Count > 0) ? 1 : 0;
        }
        finally
        {
            Directory.Delete(scratch, recursive: true);
        }
    }

    private static IEnumerable<string> LackingKinds(Dictionary<string, Tally> tallies) =>
        ScenarioPlan.AllKinds.Except(tallies.Values.SelectMany(tally => tally.Kinds), StringComparer.Ordinal).Select(kind => $"no scenario has an action of the kind {kind}");
}
