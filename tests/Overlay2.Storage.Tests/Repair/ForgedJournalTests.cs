using System.Diagnostics;
using System.Runtime.Versioning;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Repair;

namespace Overlay2.Storage.Tests.Repair;

/// <summary>Another user of the machine writes journals for root to resume, roll back or begin: each for real, by a process of that user.</summary>
[SupportedOSPlatform("linux")]
public sealed class ForgedJournalTests : IDisposable
{
    private const int Nobody = 65534;
    private const UnixFileMode Everybody = (UnixFileMode)0x1FF; // 0777

    private readonly StoreOnDisk _store = new();
    private readonly string _directory = Directory.CreateTempSubdirectory("overlay2-forged-").FullName;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string Forged => $"{_directory}/forged";

    public void Dispose()
    {
        _store.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    // In the directory of the forger, "seen" holds the plan and the lines of a real run.
    [Theory]
    [InlineData("a directory of another's", "mkdir -m 700 forged; cp seen/* forged")]
    [InlineData("below a directory of another's", "mkdir -p forged; mv forged above; mkdir -m 700 above/forged; cp seen/* above/forged; ln -s above/forged forged")]
    [InlineData("open to everybody", "mkdir forged; chmod 777 forged; cp seen/* forged; chmod 666 forged/*")]
    [InlineData("a link to root's own", "ln -s \"$REAL\" forged")]
    [InlineData("a fifo for lines", "mkdir -m 700 forged; cp seen/plan.json forged; mkfifo -m 600 forged/journal.jsonl")]
    [InlineData("a fifo for a directory", "mkfifo forged")]
    [InlineData("an edited plan", "mkdir -m 700 forged; cp seen/journal.jsonl forged; sed 's/overlay2/overlay3/g' seen/plan.json > forged/plan.json")]
    [InlineData("edited records", "mkdir -m 700 forged; cp seen/plan.json forged; sed 's/Intent/Done/' seen/journal.jsonl > forged/journal.jsonl")]
    [InlineData("a set-user-ID source", "mkdir -m 700 forged; cp /bin/sh tool; chmod 4755 tool; cp seen/journal.jsonl forged; sed \"s,\\\"like\\\":[^}]*,&\\,\\\"root\\\":\\\"$PWD\\\",g\" seen/plan.json > forged/plan.json")]
    [InlineData("a root elsewhere", "mkdir -m 700 forged; cp seen/journal.jsonl forged; sed 's,\"root\":\"[^\"]*\",\"root\":\"/etc\",g' seen/plan.json > forged/plan.json")]
    [InlineData("another host", "mkdir -m 700 forged; cp seen/journal.jsonl forged; sed 's/\"hostId\":\"[^\"]*\"/\"hostId\":\"other\"/' seen/plan.json > forged/plan.json")]
    [InlineData("truncated", "mkdir -m 700 forged; cp seen/plan.json forged; head -n 2 seen/journal.jsonl > forged/journal.jsonl")]
    [InlineData("replayed", "mkdir -m 700 forged; cp -p seen/* forged; chmod 600 forged/*")]
    public async Task A_journal_that_another_user_wrote_is_refused_and_nothing_is_done(string kind, string script)
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "needs root");
        new StoreDamage(_store.Root).Make("several");
        RepairPlan plan = await _store.Plan();
        await Kill(plan);
        string[] before = _store.Listing();
        MakeSeen();

        AsNobody(script);
        foreach (Func<RepairExecutor, BytePath, Task<RepairOutcome>> use in (Func<RepairExecutor, BytePath, Task<RepairOutcome>>[])
            [
                (executor, journal) => executor.ResumeAsync(journal, cancellationToken: Token),
                (executor, journal) => executor.RollbackAsync(journal, cancellationToken: Token),
                (executor, journal) => executor.ApplyAsync(plan, journal, cancellationToken: Token),
            ])
        {
            RepairOutcome? outcome = null;
            RepairJournalException? refused = await Record.ExceptionAsync(async () => outcome = await use(new RepairExecutor(_store.Host), BytePath.FromText(Forged))) as RepairJournalException;

            // A plan that was begun would not be made now, whatever its journal.
            Assert.True(refused is not null || outcome?.Status == RepairOutcomeStatus.Refused, kind);
            Assert.Equal(before, _store.Listing());
        }

        RepairOutcome real = await new RepairExecutor(_store.Host).ResumeAsync(_store.LastJournal, cancellationToken: Token);
        Assert.True(real.Status == RepairOutcomeStatus.Succeeded, real.Reason);
    }

    [Fact]
    public async Task A_directory_that_another_user_made_beforehand_is_none_for_a_new_journal()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "needs root");
        new StoreDamage(_store.Root).Make("several");
        RepairPlan plan = await _store.Plan();
        string[] before = _store.Listing();
        File.SetUnixFileMode(_directory, Everybody | UnixFileMode.StickyBit);

        AsNobody("mkdir -m 700 forged");
        RepairJournalException refused = await Assert.ThrowsAsync<RepairJournalException>(
            () => new RepairExecutor(_store.Host).ApplyAsync(plan, BytePath.FromText(Forged), cancellationToken: Token));

        Assert.Contains("is not the caller's alone", refused.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(Forged));
        Assert.Equal(before, _store.Listing());
    }

    private async Task Kill(RepairPlan plan)
    {
        int actions = 0;
        var dying = new RepairExecutor(_store.Host)
        {
            Checkpoint = name =>
            {
                if (name == "before action" && actions++ == 1)
                    throw new UnreachableException();
            },
        };
        await Assert.ThrowsAsync<UnreachableException>(() => dying.ApplyAsync(plan, _store.NextJournal(), cancellationToken: Token));
    }

    private void MakeSeen()
    {
        File.SetUnixFileMode(_directory, Everybody | UnixFileMode.StickyBit);
        Directory.CreateDirectory($"{_directory}/seen");
        foreach (string file in Directory.GetFiles(_store.LastJournal.ToString()))
            File.WriteAllBytes($"{_directory}/seen/{Path.GetFileName(file)}", File.ReadAllBytes(file));
    }

    private void AsNobody(string script)
    {
        string[] words = ["--reuid", $"{Nobody}", "--regid", $"{Nobody}", "--clear-groups", "sh", "-euc", script];
        using Process process = Process.Start(new ProcessStartInfo("setpriv", words)
        {
            UseShellExecute = false, WorkingDirectory = _directory, RedirectStandardError = true, Environment = { ["REAL"] = _store.LastJournal.ToString() },
        })!;
        string error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.Equal((0, ""), (process.ExitCode, error));
    }
}
