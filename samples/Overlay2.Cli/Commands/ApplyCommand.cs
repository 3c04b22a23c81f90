using System.Collections.Immutable;
using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Overlay2.Cli.Output;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Repair;

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
    private static readonly Option<string[]> s_client = Words("--client", "The engine's client program and its first arguments, a word each time.");
    private static readonly Option<string[]> s_restart = Words("--restart", "The program that starts the engine again and its arguments, a word each time.");
    private static readonly Option<bool> s_json = new("--json") { Description = "Write JSON (formatVersion 1)." };

    public static Command Create()
    {
        var command = new Command("apply", Description) { Arguments = { s_plan }, Options = { s_dryRun, s_journal, s_yes, s_alternative, s_client, s_restart, s_json } };
        SourceArguments.AddHostTo(command);
        command.Validators.Add(CheckWords);
        command.SetAction(ApplyAsync);
        return command;
    }

    public static Command CreateResume() => CreateSecond(
        "resume",
        "Goes on with a run of overlay2 apply that ended early: what is done is left alone. Example: overlay2 resume /var/tmp/repair",
        (executor, journal, view, cancellationToken) => executor.ResumeAsync(journal, view, cancellationToken));

    public static Command CreateRollback() => CreateSecond(
        "rollback",
        "Undoes what a run of overlay2 apply did, the last step first: all of it or, with 4 and the step that nothing undoes, none of it. Example: overlay2 rollback /var/tmp/repair",
        (executor, journal, view, cancellationToken) => executor.RollbackAsync(journal, view, cancellationToken));

    private static Command CreateSecond(string name, string description, Func<RepairExecutor, BytePath, RepairView, CancellationToken, Task<RepairOutcome>> run)
    {
        var command = new Command(name, description) { Arguments = { s_begun }, Options = { s_client, s_restart, s_json } };
        SourceArguments.AddHostTo(command);
        command.Validators.Add(CheckWords);
        command.SetAction((parsed, cancellationToken) =>
        {
            string journal = parsed.GetRequiredValue(s_begun);
            if (journal.Length == 0)
                throw new InputException("The journal's path is empty.");
            return RunAsync(parsed, journal, (executor, view) => run(executor, BytePath.FromText(journal), view, cancellationToken));
        });
        return command;
    }

    private static async Task<int> ApplyAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        RepairPlan plan = Load(parsed.GetRequiredValue(s_plan));
        if (parsed.GetValue(s_alternative) is { } number)
        {
            plan = number > 0 && number <= plan.Alternatives.Length && !plan.Alternatives[number - 1].Steps.IsEmpty
                ? plan.Choose(plan.Alternatives[number - 1])
                : throw new InputException(string.Create(CultureInfo.InvariantCulture, $"The plan has no alternative {number} that consists of steps."));
        }

        if (parsed.GetValue(s_dryRun))
            return await RunAsync(parsed, journal: null, (executor, _) => executor.DryRunAsync(plan, cancellationToken));
        if (!parsed.GetValue(s_yes) && !plan.Steps.IsEmpty && !Ask(plan))
            return ExitCode.Refused;
        string journal = parsed.GetValue(s_journal) ?? string.Create(CultureInfo.InvariantCulture, $"{Journals}/{DateTime.UtcNow:yyyyMMdd'T'HHmmss'Z'}-{Environment.ProcessId}");
        return await RunAsync(parsed, journal, (executor, view) => executor.ApplyAsync(plan, BytePath.FromText(journal), view, cancellationToken));
    }

    private static bool Ask(RepairPlan plan)
    {
        PlanView.Write(Terminal.CreateErrorConsole(), plan);
        Console.Error.Write("Carry this out? [y/N] ");
        if (Console.ReadLine()?.Trim() is "y" or "Y" or "yes")
            return true;
        Console.Error.WriteLine("overlay2: nothing was done.");
        return false;
    }

    private static async Task<int> RunAsync(ParseResult parsed, string? journal, Func<RepairExecutor, RepairView, Task<RepairOutcome>> run)
    {
        bool isJson = parsed.GetValue(s_json);
        var view = new RepairView(isJson ? null : Terminal.CreateConsole());
        ImmutableArray<string> client = [.. parsed.GetValue(s_client) ?? []];
        IEngineControl? engine = client.IsEmpty ? null : new ProgramEngineControl(client, [.. parsed.GetValue(s_restart) ?? []]);
        var executor = new RepairExecutor(new LinuxHost(SourceArguments.HostOptions(parsed, BytePath.Root)), engine);
        RepairOutcome outcome;
        try
        {
            outcome = await run(executor, view);
        }
        catch (Exception e) when (e is RepairPlanException or IOException)
        {
            throw new InputException(e.Message, e);
        }

        if (isJson)
        {
            Terminal.WriteJson(writer => RepairView.WriteJson(writer, outcome, journal));
            return outcome.ExitCode;
        }

        if (journal is null)
        {
            // A dry run reports to nobody: its steps are those that would be done.
            foreach (RepairStepOutcome step in outcome.Steps)
                view.Report(step);
            Console.WriteLine("Dry run, nothing was changed. Foretold:");
        }

        view.Write(outcome);
        if (journal is not null && outcome.Status != RepairOutcomeStatus.Refused)
            Console.WriteLine($"Journal: {journal}");
        return outcome.ExitCode;
    }

    private static RepairPlan Load(string file)
    {
        try
        {
            return RepairPlan.Parse(File.ReadAllBytes(file));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or RepairPlanException or ArgumentException)
        {
            throw new InputException($"{file}: {e.Message}", e);
        }
    }

    private static void CheckWords(CommandResult result)
    {
        if (result.GetValue(s_restart) is { Length: > 0 } && result.GetValue(s_client) is not { Length: > 0 })
            result.AddError("--restart goes with --client.");
        if (result.GetValue(s_journal) is "")
            result.AddError("--journal was given an empty path.");
    }

    private static Option<string[]> Words(string name, string description) => new(name) { Description = description, HelpName = "WORD" };
}
