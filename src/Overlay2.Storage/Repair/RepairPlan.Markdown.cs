using System.Globalization;
using System.Text;
using Overlay2.Storage.Diagnosis;

namespace Overlay2.Storage.Repair;

public sealed partial record RepairPlan
{
    /// <summary>The plan for a person, as Markdown.</summary>
    public string ToMarkdown()
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"# Repair plan\n\nHost {HostId}, boot {BootId}. Risk {Risk}, allowed {Policy.MaxRisk}.\n");
        if (Diagnosis.MinimumOrphanAge != DiagnosisOptions.Default.MinimumOrphanAge)
            text.Append(CultureInfo.InvariantCulture, $"It rests on a diagnosis in which a layer that nobody needs counts from the age of {Diagnosis.MinimumOrphanAge} on.\n");
        if (!Goals.IsEmpty)
        {
            text.Append("\n## Repairs\n\n");
            foreach (RepairGoal goal in Goals)
                text.Append(CultureInfo.InvariantCulture, $"- {goal.FindingId}: {goal.Subject}\n");
        }

        if (!Steps.IsEmpty)
        {
            text.Append("\n## Steps\n\n");
            WriteSteps(text, Steps);
        }

        if (!Refusals.IsEmpty)
        {
            text.Append("\n## Not repaired\n\n");
            foreach (RepairRefusal refusal in Refusals)
                text.Append(CultureInfo.InvariantCulture, $"- {refusal.FindingId}, {refusal.Subject}: {refusal.Reason}\n");
        }

        foreach (RepairCourse course in Alternatives)
        {
            text.Append(CultureInfo.InvariantCulture, $"\n## Instead: {course.Title} ({course.Risk})\n\nNot chosen: {course.WhyNot}\n\n");
            WriteSteps(text, course.Steps);
            for (int i = 0; i < course.Instructions.Length; i++)
                text.Append(CultureInfo.InvariantCulture, $"{i + 1}. {course.Instructions[i]}\n");
        }

        return text.ToString();
    }

    private static void WriteSteps(StringBuilder text, IReadOnlyList<RepairStep> steps)
    {
        for (int i = 0; i < steps.Count; i++)
        {
            RepairStep step = steps[i];
            text.Append(CultureInfo.InvariantCulture, $"{i + 1}. {step.Title} ({step.Risk}, {(step.Undo.IsEmpty ? "cannot be undone" : "can be undone")}; workloads: {step.Effect})\n\n       {step.ShellLine.Replace("\n", "\n       ", StringComparison.Ordinal)}\n\n");
        }
    }
}
