using System.Text.RegularExpressions;

namespace Overlay2.Storage.Tests;

/// <summary>Holds the README to what is compiled and run: its code is that of <see cref="ReadMeExamples"/>.</summary>
public sealed partial class ReadMeTests
{
    private static readonly string s_readMe = File.ReadAllText(Path.Combine(Repository.Root, "README.md"));

    [Fact]
    public void The_first_two_shell_lines_are_the_run_and_the_test_command()
    {
        string[] lines = [.. ShellBlock().Matches(s_readMe).SelectMany(block => block.Groups["code"].Value.Split('\n', StringSplitOptions.RemoveEmptyEntries))];

        Assert.Equal("dotnet run --project samples/Overlay2.Cli", lines[0]);
        Assert.Equal("eng/test.sh", lines[1]);
        Assert.True(File.Exists(Path.Combine(Repository.Root, lines[1])));
    }

    [Fact]
    public void Every_example_is_the_code_that_the_tests_run()
    {
        Dictionary<string, string> compiled = Region().Matches(File.ReadAllText(Path.Combine(Repository.Root, "tests", "Overlay2.Storage.Tests", "ReadMeExamples.cs")))
            .ToDictionary(region => region.Groups["name"].Value, region => Dedent(region.Groups["code"].Value), StringComparer.Ordinal);
        Dictionary<string, string> shown = CSharpBlock().Matches(s_readMe)
            .ToDictionary(block => block.Groups["name"].Value, block => block.Groups["code"].Value.TrimEnd(), StringComparer.Ordinal);

        Assert.NotEmpty(shown);
        Assert.Equal(compiled, shown);
    }

    [Fact]
    public void No_code_block_goes_without_a_test() =>
        Assert.Equal(CSharpBlock().Count(s_readMe), Regex.Count(s_readMe, "^```csharp", RegexOptions.Multiline));

    private static string Dedent(string code)
    {
        string[] lines = code.TrimEnd().Split('\n');
        int indent = lines.Where(line => line.Trim().Length > 0).Min(line => line.Length - line.TrimStart().Length);
        return string.Join('\n', lines.Select(line => line.Length > indent ? line[indent..] : ""));
    }

    [GeneratedRegex("^```sh\n(?<code>.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex ShellBlock();

    [GeneratedRegex("^<!-- example: (?<name>[a-z-]+) -->\n```csharp\n(?<code>.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex CSharpBlock();

    [GeneratedRegex("^ +// example: (?<name>[a-z-]+)\n(?<code>.*?)^ +// end of example", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Region();
}
