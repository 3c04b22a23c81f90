using Overlay2.Storage.Diagnosis;
using Overlay2.Storage.Engines.Known;

namespace Overlay2.Storage.Tests.Diagnosis;

/// <summary>Holds the ids of the library and the pages of docs/findings together.</summary>
public sealed class FindingPagesTests
{
    private static readonly string s_folder = Path.Combine(Repository.Root, "docs", "findings");

    public static TheoryData<string> Ids => [.. FindingIds.All.Select(descriptor => descriptor.Id)];

    [Fact]
    public void Every_page_is_of_an_id_and_every_id_has_a_page() => Assert.Equal(
        FindingIds.All.Select(descriptor => descriptor.HelpLink),
        Directory.GetFiles(s_folder).Select(file => $"docs/findings/{Path.GetFileName(file)}").Order(StringComparer.Ordinal));

    [Fact]
    public void Ids_ascend_and_none_is_there_twice() => Assert.Equal(
        FindingIds.All.Select(descriptor => descriptor.Id).Distinct().Order(StringComparer.Ordinal), FindingIds.All.Select(descriptor => descriptor.Id));

    [Theory]
    [MemberData(nameof(Ids))]
    public void A_page_says_what_its_id_says(string id)
    {
        string[] lines = File.ReadAllLines(Path.Combine(s_folder, id + ".md"));
        FindingDescriptor descriptor = FindingIds.Find(id)!;

        Assert.Equal($"# {id} {descriptor.Title}", lines[0]);
        Assert.Contains($"Severity: {descriptor.Severity.ToString().ToLowerInvariant()}", lines);
        string[] stores =
        [.. KnownEngines.All.Where(descriptor.HoldsFor).Select(engine => engine.Name)];
        Assert.Contains($"Stores: {string.Join(", ", stores)}", lines);
        Assert.Equal(
            ["## Symptom", "## Evidence", "## Cause", "## Repair", "## Risk", "## Sources"],
            lines.Where(line => line.StartsWith("## ", StringComparison.Ordinal)));
        Assert.All(Enumerable.Range(0, lines.Length).Where(i => lines[i].StartsWith("## ", StringComparison.Ordinal)), i => Assert.NotEmpty(lines[i + 2]));
    }

    [Fact]
    public void Every_rule_is_of_an_id_of_the_catalogue() =>
        Assert.All(FindingIds.Rules, rule => Assert.Same(FindingIds.Find(rule.Descriptor.Id), rule.Descriptor));
}
