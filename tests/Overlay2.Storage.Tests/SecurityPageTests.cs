using System.Text.RegularExpressions;

namespace Overlay2.Storage.Tests;

/// <summary>Holds docs/security.md and the tests that it names together.</summary>
public sealed partial class SecurityPageTests
{
    private static readonly string[] s_lines = File.ReadAllLines(Path.Combine(Repository.Root, "docs", "security.md"));

    public static TheoryData<string> Classes => [.. s_lines.SelectMany(line => ClassOfTests().Matches(line)).Select(match => match.Groups[1].Value).Distinct(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Classes))]
    public void A_class_that_is_named_is_there_and_tests(string name)
    {
        string[] files = Directory.GetFiles(Path.Combine(Repository.Root, "tests"), $"{name}.cs", SearchOption.AllDirectories);

        Assert.NotEmpty(files);
        Assert.All(files.Select(File.ReadAllText), text => Assert.Matches($@"class {name}\b[\s\S]*\[(Fact|Theory)\b", text));
    }

    [Fact]
    public void Every_promise_leads_to_what_is_said_of_it_and_names_a_test()
    {
        string[] promises = [.. s_lines.SkipWhile(line => line != "## What is promised").TakeWhile(line => line != "## Programs").Where(line => line.StartsWith("| [", StringComparison.Ordinal))];

        Assert.True(promises.Length >= 10, $"{promises.Length} promises");
        Assert.All(promises, promise => Assert.Matches(ClassOfTests(), promise));
        Assert.All(promises.SelectMany(promise => Anchor().Matches(promise)), match => Assert.Contains(match.Groups[1].Value, Anchors()));
    }

    /// <summary>As they are made of headings.</summary>
    private static IEnumerable<string> Anchors() =>
        s_lines.Where(line => line.StartsWith("## ", StringComparison.Ordinal)).Select(line => line[3..].ToLowerInvariant().Replace(' ', '-'));

    [GeneratedRegex("`([A-Z][A-Za-z]+(?:Tests|Properties))`")]
    private static partial Regex ClassOfTests();

    [GeneratedRegex(@"\]\(#([a-z-]+)\)")]
    private static partial Regex Anchor();
}
