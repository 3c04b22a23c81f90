using System.Collections.Immutable;

namespace Overlay2.Cli.Lab;

/// <summary>A fault that the lab makes for real.</summary>
/// <param name="Name">Its name on the command line.</param>
/// <param name="Description">What is made.</param>
/// <param name="Script">Lines for sh that make it; see <see cref="LabNamespace"/> for what they can use.</param>
/// <param name="Findings">The ids that are looked for: without an engine's records every overlay may be an orphan, which is no fault here.</param>
/// <param name="OtherNamespaces">Whether other mount namespaces are read, and may be entered.</param>
internal sealed record LabScenario(string Name, string Description, string Script, ImmutableArray<string> Findings, bool OtherNamespaces = false)
{
    public static ImmutableArray<LabScenario> All { get; } =
    [
        new("self-bind", "Two overlays are mounted, then the driver home is bound on itself: both are hidden.",
            "overlay $A; overlay $B; mount --bind \"$H\" \"$H\"", ["OVL0001"]),
        new("foreign", "Two overlays are mounted, then another file system is mounted over the driver home.",
            "overlay $A; overlay $B; mount -t tmpfs foreign \"$H\"; echo wanted > \"$H/wanted\"", ["OVL0002"]),
        new("two-covers", "Two file systems are mounted over the driver home, one on the other.",
            "overlay $A; overlay $B; mount -t tmpfs one \"$H\"; mount -t tmpfs two \"$H\"", ["OVL0002"]),
        new("cover-with-children", "The driver home, which is shared, is bound on itself; then two more overlays are mounted, which come to both.",
            "mount --make-shared \"$D\"; overlay $A; mount --bind \"$H\" \"$H\"; overlay $B; overlay $C", ["OVL0001"]),
        new("stacked", "An overlay is bound on itself twice.",
            "overlay $A; mount --bind \"$H/$A/merged\" \"$H/$A/merged\"; mount --bind \"$H/$A/merged\" \"$H/$A/merged\"", ["OVL0004"]),
        new("leaked", "An overlay is unmounted, but another mount namespace still has it.",
            "overlay $A; unshare --mount --propagation private sleep 600 & while [ \"$(readlink /proc/$!/ns/mnt)\" = \"$(readlink /proc/$$/ns/mnt)\" ]; do sleep 0.05; done; umount \"$H/$A/merged\"", ["OVL0005"], OtherNamespaces: true),
        new("orphan", "An overlay is mounted that no record and no process knows.",
            "overlay $A", ["OVL0006"], OtherNamespaces: true),
    ];
}
