using System.Diagnostics;
using System.Runtime.Versioning;
using System.Text;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Repair;
using Overlay2.Storage.Tests.Cli;

namespace Overlay2.Storage.Tests.Repair;

/// <summary>A journal tells a later run what to do: only one that the caller alone could write is believed, and only as it was written.</summary>
[SupportedOSPlatform("linux")]
public sealed class JournalTrustTests : IDisposable
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode Everybody = (UnixFileMode)0x1FF; // 0777

    private readonly StoreOnDisk _store = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string Journal => _store.LastJournal.ToString();

    private string Lines => $"{Journal}/journal.jsonl";

    private RepairExecutor Executor => new(_store.Host);

    public void Dispose() => _store.Dispose();

    [Fact]
    public async Task A_journal_is_a_directory_and_files_of_the_caller_alone()
    {
        await Break();

        Assert.Equal(Private, File.GetUnixFileMode(Journal));
        Assert.All(Directory.GetFiles(Journal), file => Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file)));
        Assert.Equal(["journal.jsonl", "plan.json"], Directory.GetFiles(Journal).Select(file => Path.GetFileName(file)!).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("not empty", "is not empty")]
    [InlineData("readable by others", "is not the caller's alone")]
    [InlineData("a link", "ENOTDIR")]
    [InlineData("below a link", "is no directory")]
    [InlineData("below what others can write", "can be written by others")]
    [InlineData("a file", "ENOTDIR")]
    [InlineData("the root", "no path")]
    public async Task What_is_no_place_for_a_journal_is_refused_and_nothing_is_done(string place, string reason)
    {
        RepairPlan plan = await Damage();
        string[] before = _store.Listing();
        string journal = _store.NextJournal().ToString();
        string above = $"{journal}-above";
        switch (place)
        {
            case "not empty":
                Directory.CreateDirectory(journal, Private);
                File.WriteAllText($"{journal}/x", "");
                break;
            case "readable by others":
                Directory.CreateDirectory(journal);
                File.SetUnixFileMode(journal, Private | UnixFileMode.GroupRead);
                break;
            case "a link":
                Directory.CreateDirectory(above, Private);
                File.CreateSymbolicLink(journal, above);
                break;
            case "below a link":
                Directory.CreateDirectory(above, Private);
                File.CreateSymbolicLink(journal, above);
                journal += "/journal";
                break;
            case "below what others can write":
                Directory.CreateDirectory(above);
                File.SetUnixFileMode(above, Everybody);
                journal = $"{above}/journal";
                break;
            case "a file":
                File.WriteAllText(journal, "");
                break;
            default:
                journal = "/";
                break;
        }

        RepairJournalException refused = await Assert.ThrowsAsync<RepairJournalException>(() => Executor.ApplyAsync(plan, BytePath.FromText(journal), cancellationToken: Token));

        Assert.Contains(reason, refused.Message, StringComparison.Ordinal);
        Assert.Equal(before, _store.Listing());
    }

    [Fact]
    public async Task An_empty_directory_of_the_callers_will_do_also_below_one_with_a_sticky_bit()
    {
        RepairPlan plan = await Damage();
        string above = _store.NextJournal().ToString();
        Directory.CreateDirectory($"{above}/journal", Private);
        File.SetUnixFileMode(above, Everybody | UnixFileMode.StickyBit);
        File.SetUnixFileMode($"{above}/journal", Private);

        RepairOutcome outcome = await Executor.ApplyAsync(plan, BytePath.FromText($"{above}/journal/../journal"), cancellationToken: Token);

        Assert.True(outcome.Status == RepairOutcomeStatus.Succeeded, outcome.Reason);
    }

    [Theory]
    [InlineData("readable directory", "is not the caller's alone")]
    [InlineData("writable above", "can be written by others")]
    [InlineData("readable lines", "only its owner")]
    [InlineData("second name", "only its owner")]
    [InlineData("fifo", "only its owner")]
    [InlineData("link", "ELOOP")]
    [InlineData("edited plan", "line 1 of the journal is damaged")]
    [InlineData("edited record", "line 2 of the journal is damaged")]
    [InlineData("record taken out", "is damaged")]
    [InlineData("record put in", "is damaged")]
    [InlineData("copy", "is a copy")]
    [InlineData("empty", "does not begin")]
    public async Task What_somebody_could_have_written_is_not_believed(string forging, string reason)
    {
        await Break();
        string[] before = _store.Listing();
        string journal = Journal;
        string text = File.ReadAllText(Lines);
        string[] lines = text.TrimEnd('\n').Split('\n');
        switch (forging)
        {
            case "readable directory":
                File.SetUnixFileMode(journal, Private | UnixFileMode.OtherRead);
                break;
            case "writable above":
                Directory.CreateDirectory($"{journal}-above");
                File.SetUnixFileMode($"{journal}-above", Everybody);
                Directory.Move(journal, $"{journal}-above/journal");
                journal = $"{journal}-above/journal";
                break;
            case "readable lines":
                File.SetUnixFileMode(Lines, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);
                break;
            case "second name":
                Assert.Equal(0, _store.Shell($"ln '{Lines}' '{journal}/second'").ExitCode);
                break;
            case "fifo":
                File.Delete(Lines);
                Assert.Equal(0, _store.Shell($"mkfifo -m 600 '{Lines}'").ExitCode);
                break;
            case "link":
                File.Move(Lines, $"{journal}/real");
                File.CreateSymbolicLink(Lines, "real");
                break;
            case "edited plan":
                File.WriteAllText($"{journal}/plan.json", File.ReadAllText($"{journal}/plan.json") + "\n");
                break;
            case "edited record":
                File.WriteAllText(Lines, text.Replace("\"Intent\"", "\"Done\"", StringComparison.Ordinal));
                break;
            case "record taken out":
                File.WriteAllText(Lines, string.Concat(lines.Where((_, index) => index != 1).Select(line => line + "\n")));
                break;
            case "record put in":
                File.AppendAllText(Lines, lines[^1] + "\n");
                break;
            case "copy":
                Assert.Equal(0, _store.Shell($"cp -a '{journal}' '{journal}-copy'").ExitCode);
                journal += "-copy";
                break;
            default:
                File.WriteAllText(Lines, "");
                break;
        }

        RepairJournalException resume = await Assert.ThrowsAsync<RepairJournalException>(() => Executor.ResumeAsync(BytePath.FromText(journal), cancellationToken: Token));
        RepairJournalException rollback = await Assert.ThrowsAsync<RepairJournalException>(() => Executor.RollbackAsync(BytePath.FromText(journal), cancellationToken: Token));

        Assert.Contains(reason, resume.Message, StringComparison.Ordinal);
        Assert.Equal(resume.Message, rollback.Message);
        Assert.Equal(before, _store.Listing());
    }

    [Fact]
    public async Task What_a_run_leaves_that_was_not_begun_is_in_nobodys_way()
    {
        RepairPlan plan = await Damage();
        string journal = _store.NextJournal().ToString();
        Directory.CreateDirectory(journal, Private);
        File.WriteAllText($"{journal}/plan.json", "half");
        File.WriteAllText($"{journal}/journal.new", "");

        RepairJournalException refused = await Assert.ThrowsAsync<RepairJournalException>(() => Executor.ResumeAsync(_store.LastJournal, cancellationToken: Token));
        File.SetUnixFileMode($"{journal}/plan.json", UnixFileMode.UserRead | UnixFileMode.UserWrite);
        await Assert.ThrowsAsync<RepairJournalException>(() => Executor.ResumeAsync(_store.LastJournal, cancellationToken: Token));
        RepairOutcome outcome = await Executor.ApplyAsync(plan, _store.LastJournal, cancellationToken: Token);

        Assert.Contains("only its owner", refused.Message, StringComparison.Ordinal);
        Assert.True(outcome.Status == RepairOutcomeStatus.Succeeded, outcome.Reason);
    }

    [Fact]
    public async Task A_line_that_a_crash_cut_off_is_as_if_it_had_not_been_begun()
    {
        string[] damaged = await Break();
        string text = File.ReadAllText(Lines);
        string cut = text.TrimEnd('\n');
        File.WriteAllText(Lines, cut[..(cut.LastIndexOf('\n') + 20)]);

        RepairOutcome outcome = await Executor.ResumeAsync(_store.LastJournal, cancellationToken: Token);
        Assert.True(outcome.Status == RepairOutcomeStatus.Succeeded, outcome.Reason);
        outcome = await Executor.RollbackAsync(_store.LastJournal, cancellationToken: Token);

        Assert.True(outcome.Status == RepairOutcomeStatus.RolledBack, outcome.Reason);
        Assert.Equal(damaged, _store.Listing());
    }

    [Theory]
    [InlineData("resume", "Go on with this?")]
    [InlineData("rollback", "Undo this?")]
    public async Task What_will_be_done_is_shown_and_asked(string command, string question)
    {
        await Break();
        RepairRun begun = RepairRun.Read(_store.LastJournal);
        string[] before = [.. _store.Listing(), File.ReadAllText(Lines)];

        ToolRun refused = Tool.Run(command, Journal);
        ToolRun answered = Tool.RunWithInput("y\n", command, Journal);
        ToolRun told = Tool.Run(command, Journal, "--yes");

        Assert.Equal((4, ""), (refused.ExitCode, refused.Output));
        Assert.Contains(question, refused.Error, StringComparison.Ordinal);
        Assert.EndsWith("nothing was done.\n", refused.Error, StringComparison.Ordinal);
        Assert.Equal(begun.Done.Length, refused.Error.Split(" (done)\n").Length - 1);
        Assert.All(begun.Plan.Steps, step => Assert.Contains(step.Title, refused.Error, StringComparison.Ordinal));
        Assert.Contains("no store that is found has to do with that", answered.Output + answered.Error, StringComparison.Ordinal); // Asked, and judged: the store is not where the tool looks.
        Assert.DoesNotContain(question, told.Error, StringComparison.Ordinal);
        Assert.Equal<string>(before, [.. _store.Listing(), File.ReadAllText(Lines)]);
    }

    [Fact]
    public async Task A_run_that_is_over_is_read_as_such()
    {
        await Break();
        Assert.Equal((false, false), (RepairRun.Read(_store.LastJournal).HasEnded, RepairRun.Read(_store.LastJournal).IsRolledBack));

        await Executor.ResumeAsync(_store.LastJournal, cancellationToken: Token);
        RepairRun ended = RepairRun.Read(_store.LastJournal);
        await Executor.RollbackAsync(_store.LastJournal, cancellationToken: Token);
        RepairRun undone = RepairRun.Read(_store.LastJournal);

        Assert.Equal((true, false, ended.Plan.Steps.Length), (ended.HasEnded, ended.IsRolledBack, ended.Done.Length));
        Assert.Equal((true, 0), (undone.IsRolledBack, undone.Done.Length));
        Assert.DoesNotContain("?", Tool.Run("resume", Journal).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_journal_about_another_store_than_those_that_are_found_changes_nothing()
    {
        await Break();
        using var other = new StoreOnDisk();
        string[] before = _store.Listing();

        RepairOutcome resume = await new RepairExecutor(other.Host).ResumeAsync(_store.LastJournal, cancellationToken: Token);
        RepairOutcome rollback = await new RepairExecutor(other.Host).RollbackAsync(_store.LastJournal, cancellationToken: Token);

        Assert.Equal((RepairOutcomeStatus.Refused, RepairOutcomeStatus.Refused), (resume.Status, rollback.Status));
        Assert.Equal($"the plan is about {_store.Root}, and no store that is found has to do with that", resume.Reason);
        Assert.Equal(resume.Reason, rollback.Reason);
        Assert.Equal(before, _store.Listing());
    }

    [Fact]
    public async Task A_second_run_on_the_same_store_is_told_who_works_there()
    {
        RepairPlan plan = await Damage();
        RepairOutcome? second = null;
        using var other = new StoreOnDisk();
        new StoreDamage(other.Root).Make("several");
        RepairPlan otherPlan = await other.Plan();
        RepairOutcome? beside = null;
        var executor = new RepairExecutor(_store.Host)
        {
            Checkpoint = name =>
            {
                if (name != "before action" || second is not null)
                    return;
                BytePath journal = _store.LastJournal;
                second = Executor.ApplyAsync(plan, _store.NextJournal(), cancellationToken: Token).GetAwaiter().GetResult();
                Assert.False(Directory.Exists(Journal));
                beside = new RepairExecutor(other.Host).ApplyAsync(otherPlan, other.NextJournal(), cancellationToken: Token).GetAwaiter().GetResult();
                Assert.NotEqual(journal, _store.LastJournal);
            },
        };

        RepairOutcome first = await executor.ApplyAsync(plan, _store.NextJournal(), cancellationToken: Token);

        Assert.True(first.Status == RepairOutcomeStatus.Succeeded, first.Reason);
        Assert.Equal((RepairOutcomeStatus.Refused, $"another run works there (process {Environment.ProcessId})"), (second!.Status, second.Reason));
        Assert.True(beside!.Status == RepairOutcomeStatus.Succeeded, beside.Reason);
    }

    [Fact]
    public async Task A_root_directory_that_becomes_another_one_during_a_run_is_not_touched()
    {
        RepairPlan plan = await Damage();
        string[] before = _store.Listing();
        int actions = 0;
        var executor = new RepairExecutor(_store.Host)
        {
            Checkpoint = name =>
            {
                if (name != "before action" || actions++ != 0)
                    return;
                Assert.Equal(0, _store.Shell($"mv -T '{_store.Root}' '{_store.Root}-real'; cp -a '{_store.Root}-real' '{_store.Root}'").ExitCode);
            },
        };

        RepairOutcome outcome = await executor.ApplyAsync(plan, _store.NextJournal(), cancellationToken: Token);

        Assert.Equal(RepairOutcomeStatus.Stopped, outcome.Status);
        Assert.Contains("is another directory than at the start of the run", outcome.Reason, StringComparison.Ordinal);
        Assert.Equal(before, _store.Listing());
        Directory.Delete(_store.Root, recursive: true);
        Directory.Move($"{_store.Root}-real", _store.Root);
        Assert.Equal(before, _store.Listing());
    }

    /// <summary>A damaged store, and its plan.</summary>
    private async Task<RepairPlan> Damage()
    {
        new StoreDamage(_store.Root).Make("several");
        RepairPlan plan = await _store.Plan();
        Assert.True(plan.Steps.Length > 2);
        return plan;
    }

    /// <summary>A run that ends in its second step.</summary>
    /// <returns>The store before it.</returns>
    private async Task<string[]> Break()
    {
        RepairPlan plan = await Damage();
        string[] damaged = _store.Listing();
        int actions = 0;
        var dying = new RepairExecutor(_store.Host) { Checkpoint = name => actions += name == "before action" && actions == 1 ? throw new UnreachableException() : name == "before action" ? 1 : 0 };
        await Assert.ThrowsAsync<UnreachableException>(() => dying.ApplyAsync(plan, _store.NextJournal(), cancellationToken: Token));
        Assert.Equal(4, File.ReadAllText(Lines, Encoding.UTF8).Count(symbol => symbol == '\n'));
        return damaged;
    }
}
