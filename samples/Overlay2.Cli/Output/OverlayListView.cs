using Overlay2.Storage.Mounts;
using Spectre.Console;

namespace Overlay2.Cli.Output;

internal static class OverlayListView
{
    public static void Write(IAnsiConsole console, MountTable table, MountEntry[] overlays, int most)
    {
    }
}
