namespace Overlay2.Storage.Tests;

/// <summary>A room meets another by its public members; only <c>Interop</c> and <c>Bytes</c> are there to be reached into.</summary>
public sealed class ArchitectureReachTests
{
    /// <summary>What a room uses of another that is not public, sorted, as <c>user -> used: type or Type.Member</c>, with the reason for each pair
    /// of rooms. There is none now; whoever needs one has to say here why a public seam will not do.</summary>
    private static readonly string[] s_known = [];

    private static readonly string[] s_openRooms = ["Interop", "Bytes"];

    [Fact]
    public void Rooms_reach_into_one_another_only_where_it_is_known()
    {
        List<string> differences = Differences(ArchitectureMap.Uses, s_known);

        Assert.True(differences.Count == 0, string.Join(Environment.NewLine, differences));
    }

    [Fact]
    public void What_is_known_is_sorted() => Assert.Equal(s_known.Order(StringComparer.Ordinal), s_known);

    [Fact]
    public void The_check_itself_sees_uses_that_exist()
    {
        // A whole type, a member of a public type, and a use from within a lambda.
        Assert.Contains(ArchitectureMap.Uses, static use => use is { User.Name: "LiveHost", Used.Room: "Interop", Internal: "FileSystemStatus" });
        Assert.Contains(ArchitectureMap.Uses, static use => use is { User.Name: "TreeCounter", Used.Name: "OverlaySimulator", Internal: "OverlaySimulator.Mount" });
        Assert.Contains(ArchitectureMap.Uses, static use => use is { User.Name: "LiveHost", Used.Name: "SimulationSetup", IsReach: false });
    }

    [Fact]
    public void The_check_itself_finds_what_is_new_and_what_is_gone()
    {
        var user = new ArchitectureType("Layers", "", "LiveHost");
        ArchitectureUse[] uses =
        [
            new(user, new("Simulation", "Backing", "Journal"), "Journal"),
            new(user, new("Simulation", "", "OverlaySimulator"), ""),
            new(user, new("Interop", "", "LibC"), "LibC"),
            new(new("Repair", "", "LinuxHost"), new("Mounts", "", "MountInfoFile"), "MountInfoFile"),
        ];

        Assert.Empty(Differences(uses, ["Layers -> Simulation: Journal"]));
        Assert.Equal(["New: Layers -> Simulation: Journal (LiveHost)"], Differences(uses, []));
        Assert.Equal(["Gone: Layers -> Simulation: Clock"], Differences(uses, ["Layers -> Simulation: Clock", "Layers -> Simulation: Journal"]));
    }

    private static List<string> Differences(IEnumerable<ArchitectureUse> uses, string[] known)
    {
        SortedDictionary<string, string> found = new(StringComparer.Ordinal);
        foreach (IGrouping<string, ArchitectureUse> reach in uses
            .Where(static use => use.IsReach && use.User.Room != use.Used.Room && !s_openRooms.Contains(use.Used.Room, StringComparer.Ordinal))
            .Where(static use => !ArchitectureMap.StillBeingRebuilt.Contains(use.User.Room, StringComparer.Ordinal))
            .GroupBy(static use => $"{use.User.Room} -> {use.Used.Room}: {use.Internal}", StringComparer.Ordinal))
        {
            found.Add(reach.Key, string.Join(", ", reach.Select(static use => use.User.Name).Distinct().Order(StringComparer.Ordinal)));
        }

        return
        [
            .. found.Where(reach => !known.Contains(reach.Key, StringComparer.Ordinal)).Select(static reach => $"New: {reach.Key} ({reach.Value})"),
            .. known.Where(reach => !found.ContainsKey(reach)).Select(static reach => "Gone: " + reach),
        ];
    }
}
