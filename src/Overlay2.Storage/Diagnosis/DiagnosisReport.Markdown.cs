using System.Globalization;
using System.Text;

namespace Overlay2.Storage.Diagnosis;

public sealed partial class DiagnosisReport
{
    /// <summary>The report as Markdown, for a ticket or a page.</summary>
    public string ToMarkdown()
    {
        var text = new StringBuilder();
        text.Append("# Container storage: ").Append(Status).Append("\n\n");
        if (HostId.TryGet(out string? host))
            text.Append("Host ").Append(Escape(host)).Append(". ");
        if (Time.TryGet(out DateTimeOffset time))
            text.Append(CultureInfo.InvariantCulture, $"Seen {time.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC.");
        if (HostId.IsKnown || Time.IsKnown)
            text.Append("\n\n");

        foreach (Finding finding in Findings)
        {
            text.Append(CultureInfo.InvariantCulture, $"## [{finding.Id}]({finding.HelpLink}) {Escape(finding.Descriptor.Title)} ({finding.Severity}, {finding.Status})\n\n");
            text.Append(CultureInfo.InvariantCulture, $"{Escape(finding.Subject.ToString())}\n\n{Escape(finding.Message)}\n\n");
            foreach (FindingEvidence evidence in finding.Evidence)
                text.Append(CultureInfo.InvariantCulture, $"- {Escape(evidence.Source)}: {Escape(evidence.Text)}\n");
            text.Append('\n');
        }

        if (Suspended.Length > 0)
        {
            text.Append("## Not seen\n\n");
            foreach (IGrouping<string, SuspendedRule> group in Suspended.GroupBy(rule => rule.Because, StringComparer.Ordinal))
                text.Append(CultureInfo.InvariantCulture, $"- {Escape(group.Key)}: {string.Join(", ", group.Select(rule => rule.RuleId))}\n");
        }

        if (Scope.Foreign.Length > 0)
        {
            text.Append("## Of others\n\n");
            foreach (string sentence in Scope.Foreign)
                text.Append(CultureInfo.InvariantCulture, $"- {Escape(sentence)}\n");
        }

        return text.ToString();
    }

    /// <summary>Names come from files that anybody may have written: what Markdown or HTML would act on is made plain.</summary>
    private static string Escape(string text)
    {
        var plain = new StringBuilder(text.Length);
        foreach (char character in text)
        {
            if (character is '\r' or '\n')
                plain.Append(' ');
            else if ("\\`*_[]<>|#~&!".Contains(character, StringComparison.Ordinal))
                plain.Append('\\').Append(character);
            else
                plain.Append(character);
        }

        return plain.ToString();
    }
}
