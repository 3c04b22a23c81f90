using Overlay2.Storage.Diagnosis;
using Overlay2.Storage.Repair;
using Overlay2.Storage.Tests.Cli;

namespace Overlay2.Storage.Tests.Repair;

/// <summary>The scripts of plans about stores, run by a shell: they do what the executor does.</summary>
public sealed class StoreScriptTests : IDisposable
{
    /// <summary>Blanks, quotes, what a shell would run, a letter that is not ASCII, a newline at the end, and bytes that are no UTF-8.</summary>
    private static readonly byte[] s_oddName = [.. "a b'c\"d$(touch x)`e`;#\\ \té"u8, 0xff, (byte)'\n'];

    private readonly StoreOnDisk _store = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Every damage with the shell of this machine, and what has most kinds of steps with others.</summary>
    public static TheoryData<string, string> Damages
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (string damage in StoreDamage.Mended.Concat(StoreDamage.TakenOut))
                data.Add(damage, "sh");
            foreach (string shell in (string[])["bash", "busybox sh"])
            {
                foreach (string damage in (string[])["several", "the link directory gone", "lower malformed", "work gone"])
                    data.Add(damage, shell);
            }

            return data;
        }
    }

    public void Dispose() => _store.Dispose();

    [Theory]
    [MemberData(nameof(Damages))]
    public async Task The_script_leaves_the_store_that_the_executor_leaves(string damage, string shell)
    {
        Assert.SkipUnless(shell == "sh" || (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(folder => File.Exists(Path.Combine(folder, shell.Split(' ')[0]))), $"{shell} is not installed.");
        new StoreDamage(_store.Root).Make(damage);

        // Owners and modes that nothing gets by itself.
        Assert.Equal(0, _store.Shell($"cd '{_store.Root}/overlay2'; chmod 640 */link */lower; chmod 711 */work{(Environment.IsPrivilegedProcess ? "; chown -R 1234:2345 ./*" : "")}").ExitCode);

        // Those of busybox lose extended attributes; RepairPlan.ToShellScript says so.
        if (!shell.StartsWith("busybox", StringComparison.Ordinal))
            _store.Shell($"cd '{_store.Root}/overlay2'; command -v setfattr > /dev/null && setfattr -n user.overlay2 -v kept */link */lower");
        _store.MoveTo(s_oddName);
        string[] damaged = _store.Listing();
        RepairPlan plan = await _store.Plan();
        var executor = new RepairExecutor(_store.Host);
        RepairOutcome outcome = await executor.ApplyAsync(plan, _store.NextJournal(), cancellationToken: Token);
        Assert.True(outcome.Status == RepairOutcomeStatus.Succeeded, outcome.Reason);
        string[] repaired = _store.Listing();
        RepairOutcome back = await executor.RollbackAsync(_store.LastJournal, cancellationToken: Token);
        Assert.True(back.Status == RepairOutcomeStatus.RolledBack, back.Reason);
        Assert.Equal(damaged, _store.Listing());

        string script = (await _store.Plan()).ToShellScript();
        Assert.DoesNotContain(script, symbol => symbol is not ('\n' or (>= ' ' and <= '~')));
        Assert.Contains("\nset -eu;", script, StringComparison.Ordinal);
        ToolRun run = _store.Shell(script, shell);

        Assert.True(run is { ExitCode: 0, Error: "" }, run.Error + run.Output + script);
        Assert.Equal(repaired, _store.Listing());
        DiagnosisReport report = await _store.Diagnose();
        Assert.DoesNotContain(report.Findings, finding => plan.Goals.Any(goal => goal.FindingId == finding.Id && goal.CauseKey == finding.CauseKey));
        Assert.NotEqual(0, _store.Shell(script).ExitCode);
        Assert.Equal(repaired, _store.Listing());
    }

    /// <summary>Names that somebody could know beforehand are not used, and what was begun goes with the script.</summary>
    [Theory]
    [InlineData("mv")]
    [InlineData("chown")]
    [InlineData("cp")]
    public async Task A_script_that_fails_in_a_step_leaves_nothing_of_it(string program)
    {
        new StoreDamage(_store.Root).Make("several");
        foreach (string part in Directory.GetFiles(_store.Root, "l*", SearchOption.AllDirectories).Where(static file => Path.GetFileName(file) is "link" or "lower"))
            File.CreateSymbolicLink($"{part}.new", "/no/such/file");
        string[] damaged = _store.Listing();
        string script = (await _store.Plan()).ToShellScript();
        Assert.Contains($" {program} ", script, StringComparison.Ordinal);

        // Only the first step that uses it is not done.
        ToolRun run = _store.Shell($"{program}() {{ echo {program} >> '{_store.Root}/../called'; return 1; }}\n{script}");

        Assert.Equal(1, run.ExitCode);
        Assert.Equal($"{program}\n", File.ReadAllText($"{_store.Root}/../called"));
        string[] left = _store.Listing();
        Assert.DoesNotContain(left, static line => line.Contains(".overlay2-", StringComparison.Ordinal));
        Assert.Equal(damaged.Where(static line => line.Contains(".new l", StringComparison.Ordinal)), left.Where(static line => line.Contains(".new l", StringComparison.Ordinal)));
        Assert.False(File.Exists("/no/such/file"));
    }
}
