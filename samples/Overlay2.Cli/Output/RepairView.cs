using System.Text.Json;
using Overlay2.Storage.Repair;
using Spectre.Console;

namespace Overlay2.Cli.Output;

/// <summary>What carrying out a plan came to, step by step, for a person or as JSON.</summary>
internal sealed class RepairView(IAnsiConsole? console) : IProgress<RepairStepOutcome>
{
    /// <summary>Why nothing is shown any more, if that is so: what is done goes on.</summary>
    public OutputException? Failure { get; private set; }

    /// <summary>Shows a step at once.</summary>
    public void Report(RepairStepOutcome value) => Line($"  {value.Index + 1}. {value.Title}: {value.Result}", Style.Plain);

    public void Write(RepairOutcome outcome)
    {
        string said = outcome.Status switch
        {
            RepairOutcomeStatus.Succeeded => "Repaired: what was found is gone, and nothing new came.",
            RepairOutcomeStatus.RolledBack => "Rolled back: everything that was done is undone.",
            RepairOutcomeStatus.Refused => $"Refused, nothing was done: {outcome.Reason}",
            _ => $"{outcome.Status}: {outcome.Reason}",
        };
        Line(said, outcome.ExitCode == 0 ? Styles.Heading : Styles.Error);
    }

    public static void WriteJson(Utf8JsonWriter json, RepairOutcome outcome, string? journal)
    {
        json.WriteStartObject();
        json.WriteNumber("formatVersion", 1);
        json.WriteString("status", outcome.Status.ToString());
        json.WriteString("reason", outcome.Reason);
        json.WriteString("journal", journal);
        json.WriteStartArray("steps");
        foreach (RepairStepOutcome step in outcome.Steps)
        {
            json.WriteStartObject();
            json.WriteNumber("step", step.Index + 1);
            json.WriteString("title", step.Title);
            json.WriteString("result", step.Result);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        if (outcome.Report is { } report)
        {
            json.WritePropertyName("diagnosis");
            report.WriteJson(json);
        }

        json.WriteEndObject();
    }

    private void Line(ShownLine text, Style style)
    {
        if (Failure is not null)
            return;
        try
        {
            console?.PutLine(text, style);
        }
        catch (OutputException e)
        {
            Failure = e;
        }
    }
}
