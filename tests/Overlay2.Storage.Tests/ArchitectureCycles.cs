namespace Overlay2.Storage.Tests;

/// <summary>Finds cycles among the sub-namespaces of a room.</summary>
internal static class ArchitectureCycles
{
    /// <summary>The cycles among the sub-namespaces of a room, each as the names on it; what runs through its root is none.</summary>
    public static List<string> Among(IEnumerable<(string From, string To)> arrows)
    {
        ILookup<string, string> next = arrows.Where(static arrow => arrow is { From.Length: > 0, To.Length: > 0 } && arrow.From != arrow.To)
            .Distinct().ToLookup(static arrow => arrow.From, static arrow => arrow.To, StringComparer.Ordinal);
        string[] all = [.. next.Select(static group => group.Key).Order(StringComparer.Ordinal)];
        List<string> cycles = [];
        var told = new HashSet<string>(StringComparer.Ordinal);
        foreach (string name in all)
        {
            HashSet<string> reached = Reached(next, name);
            if (!reached.Contains(name) || !told.Add(name))
                continue;
            string[] members = [.. reached.Where(other => Reached(next, other).Contains(name)).Order(StringComparer.Ordinal)];
            told.UnionWith(members);
            cycles.Add(string.Join(", ", members));
        }

        return cycles;
    }

    /// <summary>The sub-namespaces that the root of the room uses and that use the root.</summary>
    public static List<string> WithRoot(IEnumerable<(string From, string To)> arrows)
    {
        HashSet<(string From, string To)> all = [.. arrows];
        return [.. all.Where(arrow => arrow.From.Length == 0 && all.Contains((arrow.To, ""))).Select(static arrow => arrow.To).Order(StringComparer.Ordinal)];
    }

    private static HashSet<string> Reached(ILookup<string, string> next, string from)
    {
        var reached = new HashSet<string>(StringComparer.Ordinal);
        var rest = new Stack<string>(next[from]);
        while (rest.TryPop(out string? name))
        {
            if (!reached.Add(name))
                continue;
            foreach (string other in next[name])
                rest.Push(other);
        }

        return reached;
    }
}
