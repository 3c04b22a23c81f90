namespace Overlay2.Storage.Tests;

/// <summary>A repair action or a predicate is one file: but for the table that names it, only planners, which make them, tell it from others.</summary>
public sealed class ArchitectureRepairTests
{
    [Fact]
    public void Nobody_but_planners_tells_actions_apart() => Assert.Empty(UsersOf("Actions", "Action", "Planning"));

    /// <summary>Actions look at what they leave by predicates.</summary>
    [Fact]
    public void Nobody_but_planners_and_actions_tells_predicates_apart() => Assert.Empty(UsersOf("Predicates", "Predicate", "Planning", "Actions"));

    [Fact]
    public void No_action_knows_another_and_no_predicate_another()
    {
        Assert.DoesNotContain(Kinds("Actions", "Action"), static use => use.User.Sub == "Actions");
        Assert.DoesNotContain(Kinds("Predicates", "Predicate"), static use => use.User.Sub == "Predicates" && use.User.Name is not "LayerUse");
    }

    [Fact]
    public void The_check_itself_sees_uses_that_exist()
    {
        Assert.Contains(Kinds("Actions", "Action"), static use => use is { User.Name: "MountSteps", Used.Name: "UnmountAction" });
        Assert.Contains(Kinds("Predicates", "Predicate"), static use => use is { User.Name: "ReplaceEntryAction", Used.Name: "EntryPredicate" });
    }

    private static IEnumerable<string> UsersOf(string sub, string suffix, params string[] known) => Kinds(sub, suffix)
        .Where(use => use.User.Sub != sub && !known.Contains(use.User.Sub, StringComparer.Ordinal)).Select(static use => $"{use.User.Name} uses {use.Used.Name}");

    /// <summary>The uses of single kinds. What reads and writes JSON has them all by the tables.</summary>
    private static IEnumerable<ArchitectureUse> Kinds(string sub, string suffix) => ArchitectureMap.Uses.Where(use =>
        use.User.Room == "Repair" && use.Used.Room == "Repair" && use.Used.Sub == sub && use.Used.Name.EndsWith(suffix, StringComparison.Ordinal)
        && use.Used.Name is not ("RepairAction" or "EngineAction" or "RepairPredicate") && use.User.Name is not "RepairJsonContext" && use.User != use.Used);
}
