using System.Text.Json;
using Overlay2.Storage.Diagnosis.Logs;

namespace Overlay2.Storage.Tests.Diagnosis;

/// <summary>Lines of public reports, each with its source and the findings that are right for it; lines with none are what healthy hosts, or other faults, say.</summary>
public sealed class LogLineTests
{
    private const double LeastShare = 0.95;

    public static TheoryData<string> Files => [.. Directory.GetFiles(Repository.Data("log-lines"), "*.jsonl").Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Files))]
    public void Lines_suggest_what_is_right_and_controls_nothing(string file)
    {
        int wanted = 0;
        List<string> missed = [];
        List<string> wrong = [];
        foreach (string text in File.ReadLines(Repository.Data("log-lines", file)))
        {
            using JsonDocument entry = JsonDocument.Parse(text);
            string line = entry.RootElement.GetProperty("line").GetString()!;
            string[] right = [.. entry.RootElement.GetProperty("want").EnumerateArray().Select(id => id.GetString()!)];
            string[] suggested = [.. LogRecognizer.Recognize(line).Select(suggestion => suggestion.Descriptor.Id)];
            if (right.Length == 0 && suggested.Length > 0)
                wrong.Add($"{string.Join(' ', suggested)}: {line}");
            if (right.Length == 0)
                continue;
            wanted++;
            if (!suggested.Intersect(right, StringComparer.Ordinal).Any())
                missed.Add($"{string.Join(' ', right)}, and not {string.Join(' ', suggested)}: {line}");
        }

        Assert.Empty(wrong);
        Assert.True(missed.Count <= (1 - LeastShare) * wanted, $"{missed.Count} of {wanted}:\n{string.Join('\n', missed)}");
    }
}
