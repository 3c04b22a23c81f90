using System.CommandLine;
using System.CommandLine.Parsing;
using Overlay2.Storage.Diagnosis;

namespace Overlay2.Cli;

/// <summary>An option for ids of findings: repeated, several in a row, or with commas between.</summary>
internal static class FindingIdOption
{
    private static readonly char[] s_between = [',', ' ', '\t'];

    /// <summary>The option; an id that is none is refused with a word, for a slip would have a finding pass that was meant to be left out.</summary>
    public static Option<string[]> Create(string name, string description) => new(name)
    {
        Description = $"{description} Several with commas or blanks between.",
        HelpName = "ID",
        AllowMultipleArgumentsPerToken = true,
        CustomParser = result => Parse(name, result),
    };

    private static string[] Parse(string name, ArgumentResult result)
    {
        string[] ids = [.. result.Tokens.SelectMany(token => token.Value.Split(s_between, StringSplitOptions.RemoveEmptyEntries)).Distinct(StringComparer.Ordinal)];
        if (ids.Length == 0)
            result.AddError($"{name} wants ids of findings, such as {FindingIds.All[0].Id}.");
        string[] unknown = [.. ids.Where(id => FindingIds.Find(id) is null)];
        if (unknown.Length > 0)
            result.AddError($"{name}: {string.Join(", ", unknown.Select(id => $"\"{id}\""))} is no id of a finding, which has the form {FindingIds.All[0].Id}.");
        return ids;
    }
}
