using Overlay2.Storage.KernelTests.Engine;
using Overlay2.Storage.Repair;

namespace Overlay2.Storage.KernelTests.Repair;

/// <summary>Programs run from the first process of a namespace, as an agent is in a container: there the runtime takes the end of every child.</summary>
public sealed class FirstProcessTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_a_program_ended_with_is_known()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "Needs root: the test makes a process namespace.");
        if (Environment.ProcessId != 1)
        {
            ToolRun run = ToolRun.Of(
                "unshare", ["--pid", "--fork", "--mount-proc", "--kill-child", Environment.ProcessPath!, "-noColor", "-class", "*.Repair.FirstProcessTests"]);
            Assert.True(run.ExitCode == 0, run.Output + run.Error);
            return;
        }

        // From here on the runtime waits for children.
        Assert.Equal(0, ToolRun.Of("true", []).ExitCode);

        // A program must be held before it ends: what ends at once can be taken first.
        Assert.True(await new ProgramEngineControl(["sh", "-c", "sleep 1; exit 0"], []).AnswersAsync(Token));
        Assert.False(await new ProgramEngineControl(["sh", "-c", "sleep 1; exit 3"], []).AnswersAsync(Token));
    }
}
