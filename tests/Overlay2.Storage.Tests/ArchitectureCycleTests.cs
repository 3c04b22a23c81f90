
namespace Overlay2.Storage.Tests;

/// <summary>The sub-namespaces of a room use one another in one direction.</summary>
/// <remarks>The root of a room holds its vocabulary, which all below it use, and its doors, which use what is below: that is known, room by room.</remarks>
public sealed class ArchitectureCycleTests
{
    /// <summary>Where the root of a room and a sub-namespace use one another.</summary>
    private static readonly string[] s_rootAndSub =
    [
        // The door is StorageDiagnoser, which asks the library's rules and hears of logs; rules and patterns speak in findings.
        "Diagnosis.Logs",
        "Diagnosis.Rules",

        // The doors are ILayerStore and StorageEngine, whose stores are read from a tree and redacted; both tell of problems in the room's words.
        "Engines.Files",
        "Engines.Redaction",

        // The doors are RepairPlanner, RepairExecutor, LinuxHost and MemoryHost, and a plan, which is read, shown and checked by what its steps hold; below they
        // speak in plans, steps, policies and results.
        "Repair.Actions",
        "Repair.Execution",
        "Repair.Hosts",
        "Repair.Journal",
        "Repair.Planning",
        "Repair.Predicates",

        // The doors are OverlaySimulator and TreeCounter, the vocabulary is what their calls take and answer (FileType, Effect, LayerTree).
        "Simulation.Backing",
        "Simulation.Merging",
    ];

    public static TheoryData<string> Rooms() => [.. ArchitectureMap.Uses.Select(static use => use.User.Room).Distinct().Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Rooms))]
    public void Sub_namespaces_of_a_room_form_no_cycle(string room)
    {
        List<string> cycles = ArchitectureCycles.Among(ArrowsIn(room));

        Assert.True(cycles.Count == 0, $"{room} has cycles: {string.Join("; ", cycles)}. {Uses(room)}");
    }

    [Fact]
    public void Root_and_sub_namespace_use_one_another_only_where_it_is_known()
    {
        string[] found = [.. Rooms().SelectMany(static room => ArchitectureCycles.WithRoot(ArrowsIn(room.Data)).Select(sub => $"{room.Data}.{sub}"))];
        TestContext.Current.TestOutputHelper?.WriteLine("Root and sub-namespace use one another: " + string.Join(", ", found));

        Assert.Equal(s_rootAndSub, found);
    }

    [Fact]
    public void The_check_itself_sees_arrows_that_exist()
    {
        (string, string)[] arrows = [.. ArrowsIn("Simulation")];

        Assert.Contains(("Merging", "Backing"), arrows);
        Assert.Contains(("Scenarios", "Merging"), arrows);
        Assert.Contains(("Backing", ""), arrows);
    }

    [Fact]
    public void The_check_itself_finds_a_cycle()
    {
        Assert.Equal(["A, B, C"], ArchitectureCycles.Among([("A", "B"), ("B", "C"), ("C", "A"), ("C", "D"), ("E", "A")]));
        Assert.Equal(["A, B", "C, D"], ArchitectureCycles.Among([("A", "B"), ("B", "A"), ("A", "C"), ("C", "D"), ("D", "C")]));
        Assert.Empty(ArchitectureCycles.Among([("A", "B"), ("A", "C"), ("B", "C"), ("", "A"), ("C", ""), ("A", "A")]));
        Assert.Equal(["C"], ArchitectureCycles.WithRoot([("", "A"), ("B", ""), ("C", ""), ("", "C"), ("A", "B")]));
    }

    private static IEnumerable<(string From, string To)> ArrowsIn(string room) => ArchitectureMap.Uses
        .Where(use => use.User.Room == room && use.Used.Room == room && use.User.Sub != use.Used.Sub).Select(static use => (use.User.Sub, use.Used.Sub)).Distinct();

    private static string Uses(string room) => string.Join("; ", ArchitectureMap.Uses
        .Where(use => use.User.Room == room && use.Used.Room == room && use.User.Sub != use.Used.Sub && use is { User.Sub.Length: > 0, Used.Sub.Length: > 0 })
        .Select(static use => $"{use.User.Sub}.{use.User.Name} uses {use.Used.Sub}.{use.Used.Name}").Distinct().Order(StringComparer.Ordinal));
}
