using System.Globalization;
using System.Text;
using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.Diagnosis;

public sealed partial class DiagnosisReport
{
    /// <summary>The report as Markdown, for a ticket or a page.</summary>
    public string ToMarkdown()
    {
        var text = new StringBuilder();
        text.Append("# Container storage: ").Append(Status).Append("\n\n");
        if (HostId.TryGet(out string? host))
            text.Append("Host ").Append(Shown.Markdown(host)).Append(". ");
        if (Time.TryGet(out DateTimeOffset time))
            text.Append(CultureInfo.InvariantCulture, $"Seen {time.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC.");
        if (HostId.IsKnown || Time.IsKnown)
            text.Append("\n\n");

        foreach (Finding finding in Findings)
        {
            text.Append(CultureInfo.InvariantCulture, $"## [{Shown.Markdown(finding.Id)}]({Shown.Markdown(finding.HelpLink)}) {Shown.Markdown(finding.Descriptor.Title)} ({finding.Severity}, {finding.Status})\n\n");
            text.Append(CultureInfo.InvariantCulture, $"{Shown.Markdown(finding.Subject.ToString())}\n\n{Shown.Markdown(finding.Message)}\n\n");
            foreach (FindingEvidence evidence in finding.Evidence)
                text.Append(CultureInfo.InvariantCulture, $"- {Shown.Markdown(evidence.Source)}: {Shown.Markdown(evidence.Text)}\n");
            text.Append('\n');
        }

        if (Suspended.Length > 0)
        {
            text.Append("## Not seen\n\n");
            foreach (IGrouping<string, SuspendedRule> group in Suspended.GroupBy(rule => rule.Because, StringComparer.Ordinal))
                text.Append(CultureInfo.InvariantCulture, $"- {Shown.Markdown(group.Key)}: {string.Join(", ", group.Select(rule => Shown.Markdown(rule.RuleId)))}\n");
        }

        text.Append("## Looked at\n\n");
        foreach (string sentence in Examined)
            text.Append(CultureInfo.InvariantCulture, $"- {Shown.Markdown(sentence)}\n");
        text.Append('\n');
        if (Scope.Foreign.Length > 0)
        {
            text.Append("## Of others\n\n");
            foreach (string sentence in Scope.Foreign)
                text.Append(CultureInfo.InvariantCulture, $"- {Shown.Markdown(sentence)}\n");
        }

        return text.ToString();
    }
}
