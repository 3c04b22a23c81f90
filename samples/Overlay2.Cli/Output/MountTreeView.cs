using System.Text;
using Overlay2.Storage.Mounts;
using Spectre.Console;

namespace Overlay2.Cli.Output;

/// <summary>Mounts as a tree: each below the mount it is on.</summary>
internal static class MountTreeView
{
    /// <summary>Deeper levels are not indented further, so that a chain of a hundred thousand stays readable and linear.</summary>
    private const int DeepestIndent = 32;

    public static void Write(IAnsiConsole console, MountTable table, MountFilter filter)
    {
        HashSet<MountEntry> shown = FindShown(table, filter);
        if (shown.Count == 0)
        {
            console.PutLine("No such mounts.");
            return;
        }

        // A stack of our own: the depth of the tree is the input's to choose.
        var open = new Stack<(MountEntry Mount, string Lead, bool IsLast, int Depth)>();
        Push(open, table.TopLevel, shown, "", depth: 0);
        while (open.TryPop(out (MountEntry Mount, string Lead, bool IsLast, int Depth) at))
        {
            WriteLine(console, table, at.Mount, at.Lead + (at.Depth == 0 ? "" : at.IsLast ? "└─ " : "├─ "));
            string lead = at.Depth is 0 or > DeepestIndent ? at.Lead : at.Lead + (at.IsLast ? "   " : "│  ");
            Push(open, table.GetChildren(at.Mount), shown, lead, at.Depth + 1);
        }
    }

    /// <summary>What the filter lets through, and the mounts on the way there.</summary>
    private static HashSet<MountEntry> FindShown(MountTable table, MountFilter filter)
    {
        var shown = new HashSet<MountEntry>();
        foreach (MountEntry mount in table.Entries)
        {
            if (!filter.Shows(mount, table.GetVisibility(mount)))
                continue;
            for (MountEntry? way = mount; way is not null && shown.Add(way); way = table.GetParent(way))
            {
            }
        }

        return shown;
    }

    private static void Push(
        Stack<(MountEntry Mount, string Lead, bool IsLast, int Depth)> open, MountSequence mounts, HashSet<MountEntry> shown, string lead, int depth)
    {
        MountEntry[] children = [.. mounts.Where(shown.Contains)];
        for (int i = children.Length - 1; i >= 0; i--)
            open.Push((children[i], lead, i == children.Length - 1, depth));
    }

    private static void WriteLine(IAnsiConsole console, MountTable table, MountEntry mount, string lead)
    {
        MountVisibility visibility = table.GetVisibility(mount);
        var rest = new StringBuilder($"  {mount.FileSystemType}");
        if (!mount.Source.IsEmpty)
            rest.Append(' ').Append(mount.Source.ToString());

        console.Put(lead);
        console.Put(mount.MountPoint.ToString(), visibility.IsHidden ? Styles.Hidden : mount.IsOverlay ? Styles.Overlay : Style.Plain);
        console.Put(rest.ToString());
        if (visibility.IsHidden)
            console.PutLine($"  hidden by {MountListView.Describe(visibility)}", Styles.Warning);
    }
}
