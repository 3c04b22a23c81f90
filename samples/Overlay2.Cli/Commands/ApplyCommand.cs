using System.Collections.Immutable;
using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Overlay2.Cli.Output;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Repair;
using Overlay2.Storage.Snapshots;

namespace Overlay2.Cli.Commands;

/// <summary><c>overlay2 apply</c>, <c>resume</c> and <c>rollback</c>: carry out a plan, go on with a run, undo one.</summary>
internal static class ApplyCommand
{
    private const string Description = """
        Carries out a plan of "overlay2 plan" on this host, as root. Shows it and asks first; checks every step against the
        machine; keeps a journal. Exits with 0 when what was wrong is gone, 1 if a step failed, 4 if the plan is refused.

        Examples:
          overlay2 apply plan.json --dry-run          checks everything, foretells the end, changes nothing
          overlay2 apply plan.json                    asks, and repairs
          overlay2 apply plan.json --yes --journal /var/tmp/repair
          overlay2 apply plan.json --alternative 1 --client docker --restart systemctl --restart restart --restart docker
        """;

    private const string Journals = "/var/lib/overlay2-storage/journal";

    private static readonly Argument<string> s_plan = new("PLAN") { Description = "The file that overlay2 plan --out wrote." };
    private static readonly Argument<string> s_begun = new("JOURNAL") { Description = "The directory of the run's journal." };
    private static readonly Option<bool> s_dryRun = new("--dry-run") { Description = "Check everything and foretell the end; change nothing." };
    private static readonly Option<string?> s_journal = new("--journal") { Description = $"The directory for the journal; without it a new one in {Journals}.", HelpName = "DIR" };
    private static readonly Option<bool> s_yes = new("--yes") { Description = "Do not ask." };
    private static readonly Option<int?> s_alternative = new("--alternative") { Description = "Take this alternative of the plan, by its number.", HelpName = "N" };
    private static readonly Option<string[]> s_client = Words("--client", "The engine's client program, by its absolute path or its name in /usr/local/sbin, /usr/local/bin, /usr/sbin, /usr/bin, /sbin or /bin, and its first arguments, a word each time.");
    private static readonly Option<string[]> s_restart = Words("--restart", "The program that starts the engine again, likewise, and its arguments, a word each time.");
    private static readonly Option<string[]> s_clientEnvironment = new("--client-env")
    {
        Description = $"A variable for the client and the program that starts the engine again (repeatable): {string.Join(", ", ProgramOptions.EnvironmentNames)}. They get nothing of the environment of overlay2.",
        HelpName = "NAME=VALUE",
    };

    private static readonly Option<bool> s_json = new("--json") { Description = "Write JSON (formatVersion 1)." };

    /// <summary>The names of the three commands.</summary>
    public static ImmutableArray<string> Names { get; } = ["apply", "resume", "rollback"];

    public static Command Create()
    {
        var command = new Command("apply", Description) { Arguments = { s_plan }, Options = { s_dryRun, s_journal, s_yes, s_alternative, s_client, s_restart, s_clientEnvironment, s_json } };
        SourceArguments.AddHostTo(command);
        command.Validators.Add(CheckWords);
        command.SetAction(ApplyAsync);
        return command;
    }

    public static Command CreateResume() => CreateSecond(
        "resume",
        "Goes on with a run of overlay2 apply that ended early: what is done is left alone. Shows it and asks first. Example: overlay2 resume /var/tmp/repair",
        "Go on with this? [y/N] ",
        static begun => begun.HasEnded,
        (executor, journal, view, cancellationToken) => executor.ResumeAsync(journal, view, cancellationToken));

    public static Command CreateRollback() => CreateSecond(
        "rollback",
        "Undoes what a run of overlay2 apply did, the last step first: all of it or, with 4 and the step that nothing undoes, none of it. Shows it and asks first. Example: overlay2 rollback /var/tmp/repair",
        "Undo this? [y/N] ",
        static begun => begun.IsRolledBack,
        (executor, journal, view, cancellationToken) => executor.RollbackAsync(journal, view, cancellationToken));

    /// <param name="name">The command.</param>
    /// <param name="description">What its help says.</param>
    /// <param name="question">What is asked.</param>
    /// <param name="isOver">Whether there is nothing to ask about, since the run will be refused.</param>
    /// <param name="run">What is done.</param>
    private static Command CreateSecond(string name, string description, string question, Predicate<RepairRun> isOver, Func<RepairExecutor, BytePath, RepairView, CancellationToken, Task<RepairOutcome>> run)
    {
        var command = new Command(name, description) { Arguments = { s_begun }, Options = { s_yes, s_client, s_restart, s_clientEnvironment, s_json } };
        SourceArguments.AddHostTo(command);
        command.Validators.Add(CheckWords);
        command.SetAction(async (parsed, _) =>
        {
            string journal = parsed.GetRequiredValue(s_begun);
            if (journal.Length == 0)
                throw new InputException("The journal's path is empty.");
            if (!parsed.GetValue(s_yes) && Read(journal) is var begun && !isOver(begun) && !Ask(begun.Plan, question, begun.Done))
                return ExitCode.Refused;
            return await RunAsync(parsed, journal, (executor, view, cancellationToken) => run(executor, BytePath.FromText(journal), view, cancellationToken));
        });
        return command;
    }

    private static async Task<int> ApplyAsync(ParseResult parsed, CancellationToken unused)
    {
        RepairPlan plan = Load(parsed.GetRequiredValue(s_plan));
        if (parsed.GetValue(s_alternative) is { } number)
        {
            plan = number > 0 && number <= plan.Alternatives.Length && !plan.Alternatives[number - 1].Steps.IsEmpty
                ? plan.Choose(plan.Alternatives[number - 1])
                : throw new InputException(string.Create(CultureInfo.InvariantCulture, $"The plan has no alternative {number} that consists of steps."));
        }

        if (parsed.GetValue(s_dryRun))
            return await RunAsync(parsed, journal: null, (executor, _, cancellationToken) => executor.DryRunAsync(plan, cancellationToken));
        if (!parsed.GetValue(s_yes) && !plan.Steps.IsEmpty && !Ask(plan, "Carry this out? [y/N] ", []))
            return ExitCode.Refused;
        string journal = parsed.GetValue(s_journal) ?? string.Create(CultureInfo.InvariantCulture, $"{Journals}/{DateTime.UtcNow:yyyyMMdd'T'HHmmss'Z'}-{Environment.ProcessId}");
        return await RunAsync(parsed, journal, (executor, view, cancellationToken) => executor.ApplyAsync(plan, BytePath.FromText(journal), view, cancellationToken));
    }

    private static bool Ask(RepairPlan plan, string question, ImmutableArray<int> done)
    {
        PlanView.Write(Terminal.CreateErrorConsole(), plan, done);
        Terminal.Put($"{question}");
        if (Terminal.ReadLine()?.Trim() is "y" or "Y" or "yes")
            return true;
        Terminal.Say("nothing was done.");
        return false;
    }

    private static RepairRun Read(string journal)
    {
        try
        {
            return RepairRun.Read(BytePath.FromText(journal));
        }
        catch (Exception e) when (e is RepairPlanException or IOException)
        {
            throw new InputException(e.Message, e);
        }
    }

    private static async Task<int> RunAsync(ParseResult parsed, string? journal, Func<RepairExecutor, RepairView, CancellationToken, Task<RepairOutcome>> run)
    {
        bool isJson = parsed.GetValue(s_json);
        var view = new RepairView(isJson ? null : Terminal.CreateConsole());
        var executor = new RepairExecutor(new LinuxHost(SourceArguments.HostOptions(parsed, BytePath.Root)), CreateEngine(parsed));
        RepairOutcome outcome;
        using var interrupts = new StepInterrupts();
        try
        {
            outcome = await run(executor, view, interrupts.Token);
        }
        catch (OperationCanceledException)
        {
            return Fail("ended before the first step; nothing was done.", journal, ExitCode.Interrupted);
        }
        catch (Exception e) when (e is RepairPlanException or IOException)
        {
            return Fail(e.Message, journal, ExitCode.Data);
        }

        try
        {
            if (isJson)
                Terminal.WriteJson(writer => RepairView.WriteJson(writer, outcome, journal));
            else
                Show(view, outcome, journal);
        }
        catch (OutputException e)
        {
            // What was done is done, shown or not.
            Terminal.Say($"{e.Message}; {outcome.Status}{(Directory.Exists(journal) ? $", journal {journal}" : "")}");
            return ExitCode.Output;
        }

        return outcome.ExitCode;
    }

    private static void Show(RepairView view, RepairOutcome outcome, string? journal)
    {
        if (journal is null)
        {
            // A dry run reports to nobody: its steps are those that would be done.
            foreach (RepairStepOutcome step in outcome.Steps)
                view.Report(step);
            Terminal.WriteLine("Dry run, nothing was changed. Foretold:");
        }

        view.Write(outcome);
        if (view.Failure is not null)
            throw view.Failure;
        if (journal is not null && outcome.Status != RepairOutcomeStatus.Refused)
            Terminal.WriteLine($"Journal: {journal}");
    }

    /// <summary>Says what went wrong, and at last where the journal is, if there is one.</summary>
    private static int Fail(string reason, string? journal, int exitCode)
    {
        Terminal.Say($"{reason}");
        if (Directory.Exists(journal))
            Terminal.Put($"Journal: {journal}\n");
        return exitCode;
    }

    private static ProgramEngineControl? CreateEngine(ParseResult parsed)
    {
        ImmutableArray<string> client = [.. parsed.GetValue(s_client) ?? []];
        if (client.IsEmpty)
            return null;
        IEnumerable<string[]> variables = (parsed.GetValue(s_clientEnvironment) ?? []).Select(static variable => variable.Split('=', 2));
        var options = new ProgramOptions { Environment = variables.ToImmutableDictionary(static pair => pair[0], static pair => pair[1], StringComparer.Ordinal) };
        try
        {
            return new ProgramEngineControl(client, [.. parsed.GetValue(s_restart) ?? []], options);
        }
        catch (ProgramRefusedException e)
        {
            throw new InputException(e.Message, e);
        }
    }

    private static RepairPlan Load(string file)
    {
        try
        {
            return RepairPlan.Parse(InputFile.Read(BytePath.FromText(file), RepairPlan.MaxLength));
        }
        catch (InputFileException e)
        {
            throw new InputException(e.Message, e);
        }
        catch (Exception e) when (e is RepairPlanException or ArgumentException)
        {
            throw new InputException($"{file}: {e.Message}", e);
        }
    }

    private static void CheckWords(CommandResult result)
    {
        if (result.GetValue(s_restart) is { Length: > 0 } && result.GetValue(s_client) is not { Length: > 0 })
            result.AddError("--restart goes with --client.");
        string[] variables = result.GetValue(s_clientEnvironment) ?? [];
        if (variables.Any(static variable => variable.Split('=', 2) is not [var name, _] || !ProgramOptions.EnvironmentNames.Contains(name, StringComparer.Ordinal)))
            result.AddError($"--client-env wants NAME=VALUE with one of the names {string.Join(", ", ProgramOptions.EnvironmentNames)}.");
        else if (variables.DistinctBy(static variable => variable.Split('=', 2)[0], StringComparer.Ordinal).Count() != variables.Length)
            result.AddError("--client-env was given a name twice.");
        if (result.GetValue(s_journal) is "")
            result.AddError("--journal was given an empty path.");
    }

    private static Option<string[]> Words(string name, string description) => new(name) { Description = description, HelpName = "WORD" };
}
