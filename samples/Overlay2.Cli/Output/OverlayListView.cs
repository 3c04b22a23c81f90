using Overlay2.Storage.Bytes;
using Overlay2.Storage.Mounts;
using Spectre.Console;

namespace Overlay2.Cli.Output;

/// <summary>Overlay mounts and the layers they are made of, for a person.</summary>
internal static class OverlayListView
{
    /// <summary>Of a stack of a hundred layers the topmost say enough.</summary>
    private const int MostLayers = 3;

    public static void Write(IAnsiConsole console, MountTable table, MountEntry[] overlays, int most)
    {
        if (overlays.Length == 0)
            return;

        console.PutLine();
        console.PutLine("Overlay mounts", Styles.Heading);
        foreach (MountEntry mount in overlays.Take(most))
        {
            MountVisibility visibility = table.GetVisibility(mount);
            console.Put($"  {mount.MountPoint}", visibility.IsHidden ? Styles.Hidden : Styles.Overlay);
            if (visibility.IsHidden)
                console.PutLine($"  hidden by {MountListView.Describe(visibility)}", Styles.Warning);
            WriteLayers(console, OverlayLayers.Read(mount.SuperOptions.Span));
        }

        if (overlays.Length > most)
            console.PutLine($"  and {overlays.Length - most} more: overlay2 mounts --overlay");
    }

    private static void WriteLayers(IAnsiConsole console, OverlayLayers overlay)
    {
        console.PutLine(overlay.Upper is { } upper ? $"    upper  {upper}" : "    upper  none: read-only");
        WriteLayers(console, "lower", overlay.Lower);
        WriteLayers(console, "data", overlay.Data);
    }

    private static void WriteLayers(IAnsiConsole console, string name, List<BytePath> layers)
    {
        foreach ((int index, BytePath layer) in layers.Take(MostLayers).Index())
            console.PutLine($"    {(index == 0 ? name : ""),-5}  {layer}");
        if (layers.Count > MostLayers)
            console.PutLine($"           and {layers.Count - MostLayers} more layers below");
    }
}
