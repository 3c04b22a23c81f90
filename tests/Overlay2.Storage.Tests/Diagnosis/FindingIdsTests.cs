using System.Reflection;
using System.Text.RegularExpressions;
using Overlay2.Storage.Diagnosis;

namespace Overlay2.Storage.Tests.Diagnosis;

public sealed partial class FindingIdsTests
{
    [Fact]
    public void Every_id_of_the_catalogue_is_a_constant_and_every_constant_is_in_the_catalogue() => Assert.Equal(
        typeof(FindingIds).GetFields(BindingFlags.Public | BindingFlags.Static).Where(field => field.IsLiteral).Select(field => (string)field.GetRawConstantValue()!).Order(StringComparer.Ordinal),
        FindingIds.All.Select(descriptor => descriptor.Id).Order(StringComparer.Ordinal));

    [Fact]
    public void Code_names_an_id_by_its_constant_alone()
    {
        string src = Path.Combine(Repository.Root, "src");
        string[] repeated =
        [
            .. Directory.EnumerateFiles(src, "*.cs", SearchOption.AllDirectories)
                .Where(file => Path.GetFileName(file) != "FindingIds.cs")
                .SelectMany(file => File.ReadLines(file).Where(IsRepeated).Select(line => $"{Path.GetFileName(file)}: {line.Trim()}")),
        ];

        Assert.Empty(repeated);
        Assert.True(IsRepeated("if (finding.Id == \"OVL0001\")"));
        Assert.False(IsRepeated("/// <summary>OVL0001.</summary>"));
    }

    private static bool IsRepeated(string line) => !line.TrimStart().StartsWith("//", StringComparison.Ordinal) && Id().IsMatch(line);

    [GeneratedRegex("OVL0?[0-9]{1,4}")]
    private static partial Regex Id();
}
