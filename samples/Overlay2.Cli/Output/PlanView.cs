using System.Globalization;
using Overlay2.Storage.Diagnosis;
using Overlay2.Storage.Repair;
using Spectre.Console;

namespace Overlay2.Cli.Output;

/// <summary>A repair plan for a person.</summary>
internal static class PlanView
{
    public static void Write(IAnsiConsole console, RepairPlan plan, DiagnosisReport report)
    {
        if (plan.Goals.IsEmpty && plan.Refusals.IsEmpty)
        {
            Line(console, report.Status == DiagnosisStatus.Unknown ? "Nothing to repair was found, but not everything could be seen." : "There is nothing to repair.", Styles.Heading);
            return;
        }

        Write(console, plan, []);
    }

    /// <summary>A plan of which a run did some steps already, by their indexes.</summary>
    public static void Write(IAnsiConsole console, RepairPlan plan, IReadOnlyList<int> done)
    {
        foreach (RepairGoal goal in plan.Goals)
            Line(console, $"Repairs {goal.FindingId}  {goal.Subject}", Styles.Heading);
        WriteSteps(console, plan.Steps, done);
        foreach (RepairRefusal refusal in plan.Refusals)
        {
            Line(console, $"Does not repair {refusal.FindingId}  {refusal.Subject}", Styles.Warning);
            Line(console, $"  {refusal.Reason}", Style.Plain);
        }

        for (int i = 0; i < plan.Alternatives.Length; i++)
        {
            RepairCourse course = plan.Alternatives[i];
            Line(console, $"Alternative {i + 1} ({course.Risk}, {(course.Steps.IsEmpty ? "by hand" : Text($"apply --alternative {i + 1}"))}): {course.Title}", Styles.Heading);
            Line(console, $"  Not chosen: {course.WhyNot}", Styles.Hidden);
            WriteSteps(console, course.Steps, []);
            foreach (string instruction in course.Instructions)
                Line(console, $"  - {instruction}", Style.Plain);
        }

        if (!plan.Steps.IsEmpty)
            Line(console, $"{plan.Steps.Length} steps, risk {plan.Risk}.", Styles.Heading);
    }

    private static void WriteSteps(IAnsiConsole console, IReadOnlyList<RepairStep> steps, IReadOnlyList<int> done)
    {
        for (int i = 0; i < steps.Count; i++)
        {
            RepairStep step = steps[i];
            Line(console, $"  {i + 1}. {step.Title}{(done.Contains(i) ? " (done)" : "")}", Style.Plain);
            foreach (string line in step.ShellLine.Split('\n'))
                Line(console, $"       {line}", Styles.Overlay);
            Line(console, $"       risk {step.Risk}, {(step.Reversibility == RepairReversibility.Irreversible ? "cannot be undone" : "can be undone")}; workloads: {step.Effect}", Styles.Hidden);
        }
    }

    private static void Line(IAnsiConsole console, ShownLine text, Style style) => console.PutLine(text, style);

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
