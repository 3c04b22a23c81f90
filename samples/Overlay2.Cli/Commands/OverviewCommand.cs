using System.CommandLine;
using System.Globalization;
using Overlay2.Cli.Output;
using Overlay2.Storage.Diagnosis;
using Overlay2.Storage.Mounts;
using Overlay2.Storage.Snapshots;
using Spectre.Console;

namespace Overlay2.Cli.Commands;

/// <summary><c>overlay2</c> without an argument: this host at a glance. Always exits 0.</summary>
internal static class OverviewCommand
{
    public const string Description = """
        Container storage on this host: what is mounted, what is hidden by what, and what is wrong.

        Examples:
          overlay2                           this host at a glance
          overlay2 mounts --tree             all mounts as a tree
          overlay2 mounts --overlay --json   the overlay mounts for a script
        """;

    /// <summary>More lines than this are only counted: an overview fits a screen.</summary>
    private const int MostLines = 12;

    public static void AddTo(RootCommand root) =>
        root.SetAction(async (_, cancellationToken) =>
        {
            await WriteAsync(Terminal.CreateConsole(), cancellationToken);
            return ExitCode.Ok;
        });

    private static async Task WriteAsync(IAnsiConsole console, CancellationToken cancellationToken)
    {
        MountTable table;
        try
        {
            table = MountTableArguments.Load(MountTableSource.Self);
        }
        catch (InputException e)
        {
            console.PutLine($"The mounts of this host cannot be read: {e.Message}");
            return;
        }

        MountEntry[] overlays = [.. table.Entries.Where(mount => mount.IsOverlay)];
        MountEntry[] hidden = [.. table.Entries.Where(mount => table.GetVisibility(mount).IsHidden)];
        console.PutLine($"{Count(table.Entries.Length, "mount")}, {Count(overlays.Length, "overlay mount")}, {hidden.Length} hidden");

        OverlayListView.Write(console, table, overlays, MostLines);
        WriteHidden(console, table, hidden);
        await WriteFindingsAsync(console, cancellationToken);

        Heading(console, "Next");
        console.PutLine("  overlay2 diagnose           the findings with their evidence, and what could not be seen");
        console.PutLine("  overlay2 mounts --tree      every mount, and which is on which");
        if (hidden.Length > 0)
            console.PutLine("  overlay2 mounts --hidden    what is hidden, and by what");
        console.PutLine("  overlay2 --help             everything else");
    }

    private static async Task WriteFindingsAsync(IAnsiConsole console, CancellationToken cancellationToken)
    {
        StorageSnapshot snapshot = await StorageSnapshot.CaptureAsync(new SnapshotOptions { AllNamespaces = true }, cancellationToken);
        Heading(console, "Findings");
        DiagnosisView.WriteLines(console, new StorageDiagnoser().Diagnose(snapshot, cancellationToken: cancellationToken), MostLines);
    }

    private static void WriteHidden(IAnsiConsole console, MountTable table, MountEntry[] hidden)
    {
        if (hidden.Length == 0)
            return;
        Heading(console, "Hidden mounts");
        foreach (MountEntry mount in hidden.Take(MostLines))
        {
            console.Put($"  {mount.MountPoint} ({mount.FileSystemType}, {mount.MountId})", Styles.Hidden);
            console.PutLine($"  hidden by {MountListView.Describe(table.GetVisibility(mount))}", Styles.Warning);
        }

        if (hidden.Length > MostLines)
            console.PutLine($"  and {hidden.Length - MostLines} more");
    }

    private static void Heading(IAnsiConsole console, string text)
    {
        console.PutLine();
        console.PutLine(text, Styles.Heading);
    }

    private static string Count(int number, string noun) =>
        string.Create(CultureInfo.InvariantCulture, $"{number} {noun}{(number == 1 ? "" : "s")}");
}
