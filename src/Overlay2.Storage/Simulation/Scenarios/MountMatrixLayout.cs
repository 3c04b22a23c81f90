using System.Globalization;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.MountOptions;

namespace Overlay2.Storage.Simulation.Scenarios;

/// <summary>The directories that every case of a mount matrix starts with, as its format says.</summary>
internal static class MountMatrixLayout
{
    /// <summary>The upper directory of the format.</summary>
    public static readonly BytePath Upper = BytePath.FromText("u");

    /// <summary>The work directory of the format.</summary>
    public static readonly BytePath Work = BytePath.FromText("w");

    private const string LayoutCase = "layout:";
    private const string LowersCase = "lowers:";

    private static readonly LayerFileSystem s_main = new() { Id = 1, Type = "ext4" };
    private static readonly LayerFileSystem s_other = new() { Id = 2, Type = "ext4" };

    public static LayerLayout Of(string name)
    {
        var layout = new LayerLayout();
        ulong inode = 1;
        LayerLayout Add(string path, ulong? parent = null, bool isDirectory = true)
        {
            inode++;
            return layout.With(BytePath.FromText(path), new()
            {
                FileSystem = s_main,
                IsDirectory = isDirectory,
                Ancestry = parent is { } above ? [inode, above] : [inode],
            });
        }

        foreach (string path in (ReadOnlySpan<string>)["l0", "l1", "u", "w", "d0"])
            layout = Add(path);
        layout = layout.With(BytePath.FromText("S/B"), new() { FileSystem = s_other, Ancestry = [1] });

        if (HasInnerDirectories(name))
        {
            foreach (string path in (ReadOnlySpan<string>)["u", "w", "l0"])
                layout = Add(path + "/x", layout.Directories[BytePath.FromText(path)].Ancestry[0]);
            foreach (string path in (ReadOnlySpan<string>)["x:y", "x,y", @"p\q"])
                layout = Add(path);
            layout = Add("file", isDirectory: false);
        }

        int lowers = name.StartsWith(LowersCase, StringComparison.Ordinal)
            && int.TryParse(name.AsSpan(LowersCase.Length), NumberStyles.None, CultureInfo.InvariantCulture, out int count) ? Math.Min(count, 4096) : 0;
        for (int i = 0; i < lowers; i++)
            layout = Add(i.ToString(CultureInfo.InvariantCulture));
        return layout;
    }

    /// <summary>Whether u, w and l0 hold a directory x.</summary>
    public static bool HasInnerDirectories(string name) => name.StartsWith(LayoutCase, StringComparison.Ordinal);
}
