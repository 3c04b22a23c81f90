using System.Collections.Immutable;
using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.Repair.Hosts;

/// <summary>The switches of the kernel's overlay module that a plan may set.</summary>
internal static class ModuleParameters
{
    public const string RedirectDirectories = "redirect_dir";
    public const string Metacopy = "metacopy";

    private static readonly BytePath s_directory = BytePath.FromText("/sys/module/overlay/parameters");

    private static ImmutableArray<string> Names { get; } = [RedirectDirectories, Metacopy, "redirect_always_follow", "index", "nfs_export", "xino_auto"];

    /// <summary>The file of a parameter, below the host's root.</summary>
    public static BytePath PathOf(string parameter) => s_directory.Combine(BytePath.FromText(parameter));

    /// <summary>Whether a name is that of a switch.</summary>
    public static bool IsKnown(string parameter) => Names.Contains(parameter, StringComparer.Ordinal);
}
