using System.Globalization;
using System.Text;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Diagnosis;

namespace Overlay2.Storage.Repair;

public sealed partial record RepairPlan
{
    /// <summary>The plan for a person, as Markdown.</summary>
    public string ToMarkdown()
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"# Repair plan\n\nHost {Shown.Markdown(HostId)}, boot {Shown.Markdown(BootId)}. Risk {Risk}, allowed {Policy.MaxRisk}.\n");
        if (Diagnosis.MinimumOrphanAge != DiagnosisOptions.Default.MinimumOrphanAge)
            text.Append(CultureInfo.InvariantCulture, $"It rests on a diagnosis in which a layer that nobody needs counts from the age of {Diagnosis.MinimumOrphanAge} on.\n");
        if (!Goals.IsEmpty)
        {
            text.Append("\n## Repairs\n\n");
            foreach (RepairGoal goal in Goals)
                text.Append(CultureInfo.InvariantCulture, $"- {Shown.Markdown(goal.FindingId)}: {Shown.Markdown(goal.Subject)}\n");
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
                text.Append(CultureInfo.InvariantCulture, $"- {Shown.Markdown(refusal.FindingId)}, {Shown.Markdown(refusal.Subject)}: {Shown.Markdown(refusal.Reason)}\n");
        }

        foreach (RepairCourse course in Alternatives)
        {
            text.Append(CultureInfo.InvariantCulture, $"\n## Instead: {Shown.Markdown(course.Title)} ({course.Risk})\n\nNot chosen: {Shown.Markdown(course.WhyNot)}\n\n");
            WriteSteps(text, course.Steps);
            for (int i = 0; i < course.Instructions.Length; i++)
                text.Append(CultureInfo.InvariantCulture, $"{i + 1}. {Shown.Markdown(course.Instructions[i])}\n");
        }

        return text.ToString();
    }

    private static void WriteSteps(StringBuilder text, IReadOnlyList<RepairStep> steps)
    {
        for (int i = 0; i < steps.Count; i++)
        {
            RepairStep step = steps[i];
            text.Append(CultureInfo.InvariantCulture, $"{i + 1}. {Shown.Markdown(step.Title)} ({step.Risk}, {(step.Undo.IsEmpty ? "cannot be undone" : "can be undone")}; workloads: {Shown.Markdown(step.Effect)})\n\n       {string.Join("\n       ", step.ShellLine.Split('\n').Select(Shown.Terminal))}\n\n");
        }
    }
}
