using Overlay2.Storage.Fuzz;

namespace Overlay2.Storage.Tests.Fuzz;

/// <summary>Runs the fuzzing targets on their seeds: what a fuzzer once found stays found.</summary>
public sealed class SeedReplayTests
{
    private const int MostSeeds = 150;

    private static readonly string s_seeds = Path.Combine(Repository.Root, "tests", "Overlay2.Storage.Fuzz", "seeds");

    public static TheoryData<string> Targets() => [.. FuzzTargets.All.Keys];

    [Theory]
    [MemberData(nameof(Targets))]
    public void Every_seed_runs(string target)
    {
        string folder = Path.Combine(s_seeds, target);
        var output = new StringWriter();

        Assert.InRange(Directory.GetFiles(folder).Length, 1, MostSeeds);
        Assert.True(Replay.Run(FuzzTargets.All[target], folder, output) == 0, output.ToString());
    }

    [Fact]
    public void A_failing_input_is_named()
    {
        string folder = Path.Combine(s_seeds, FuzzTargets.All.Keys.First());
        var output = new StringWriter();

        Assert.Equal(1, Replay.Run(_ => throw new FormatException("bad input"), folder, output));
        Assert.Contains(Directory.GetFiles(folder)[0] + ": System.FormatException: bad input", output.ToString(), StringComparison.Ordinal);
    }
}
