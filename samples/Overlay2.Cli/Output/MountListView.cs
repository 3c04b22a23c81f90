using System.Globalization;
using Overlay2.Storage.Mounts;
using Spectre.Console;

namespace Overlay2.Cli.Output;

/// <summary>Mounts as a table for a person.</summary>
internal static class MountListView
{
    public static void Write(IAnsiConsole console, MountTable table, MountFilter filter)
    {
        var view = new Table().Border(TableBorder.None).AddColumns("ID", "PARENT", "MOUNT POINT", "TYPE", "SOURCE", "OPTIONS", "HIDDEN BY");
        foreach (TableColumn column in view.Columns)
            column.NoWrap().PadLeft(0).PadRight(2);
        view.Columns[0].RightAligned();
        view.Columns[1].RightAligned();

        int shown = 0;
        foreach (MountEntry mount in table.Entries)
        {
            MountVisibility visibility = table.GetVisibility(mount);
            if (!filter.Shows(mount, visibility))
                continue;
            shown++;
            view.AddRow(
                Cell(mount.MountId.ToString(CultureInfo.InvariantCulture)),
                Cell(mount.ParentId.ToString(CultureInfo.InvariantCulture)),
                Cell(mount.MountPoint.ToString(), visibility.IsHidden ? Styles.Hidden : mount.IsOverlay ? Styles.Overlay : Style.Plain),
                Cell(mount.FileSystemType.ToString()),
                Cell(mount.Source.ToString()),
                Cell(mount.Options.ToString()),
                Cell(Describe(visibility), Styles.Warning));
        }

        if (shown == 0)
            console.PutLine("No such mounts.");
        else
            console.Write(view);
    }

    /// <summary>What hides a mount, in words; empty if nothing does.</summary>
    public static string Describe(MountVisibility visibility) => visibility switch
    {
        { HiddenBy: { } by } => string.Create(CultureInfo.InvariantCulture, $"{by.MountId} ({by.FileSystemType} on {by.MountPoint})"),
        { Status: MountVisibilityStatus.Unknown } => "not known: no way to the root mount",
        _ => "",
    };

    private static Text Cell(ShownLine text, Style? style = null)
    {
        Text cell = Terminal.Cell(text, style);
        cell.Overflow = Overflow.Ellipsis;
        return cell;
    }
}
