using Overlay2.Storage.Mounts;

namespace Overlay2.Storage.Benchmarks.Passes;

internal static class TablePasses
{
    /// <summary>Asks of every mount whether it is visible.</summary>
    public static int Visibility(MountTable table)
    {
        int visible = 0;
        foreach (MountEntry mount in table.Entries)
        {
            if (table.GetVisibility(mount).IsVisible)
                visible++;
        }

        return visible;
    }
}
