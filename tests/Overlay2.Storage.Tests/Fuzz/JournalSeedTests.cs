using Overlay2.Storage.Fuzz.Targets;

namespace Overlay2.Storage.Tests.Fuzz;

/// <summary>The seeds of the journals' target are what runs leave that are killed, at the points that are named; run with UPDATE_RECORDED=1 to write them.</summary>
public sealed class JournalSeedTests
{
    private static readonly string s_seeds = Path.Combine(Repository.Root, "tests", "Overlay2.Storage.Fuzz", "seeds", "journal");

    [Fact]
    public void Seeds_are_the_journals_of_killed_runs()
    {
        Assert.InRange(KilledRun.All.Length, 12, byte.MaxValue);
        Assert.Equal(["mend", "purge"], KilledRun.All.Select(static run => run.Name[..run.Name.IndexOf('-', StringComparison.Ordinal)]).Distinct().Order(StringComparer.Ordinal));
        for (int i = 0; i < KilledRun.All.Length; i++)
        {
            KilledRun run = KilledRun.All[i];
            byte[] seed = [(byte)i, .. run.Lines];
            string file = $"{s_seeds}/killed-{run.Name}";
            if (Environment.GetEnvironmentVariable("UPDATE_RECORDED") == "1")
                File.WriteAllBytes(file, seed);
            Assert.Equal(seed, File.ReadAllBytes(file));
        }
    }
}
