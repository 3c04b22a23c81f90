using System.Collections.Immutable;

namespace Overlay2.Cli.Lab;

/// <summary>A fault that the lab makes for real.</summary>
/// <param name="Name">Its name on the command line.</param>
/// <param name="Description">What is made.</param>
/// <param name="Script">A line for sh that makes it; see the labs for what it can use.</param>
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
        Store("missing-link", "The short link of an image's middle layer is gone: nothing above it can be mounted.",
            "rm \"$H/l/$(short $L2)\"", "OVL0102", "links"),
        Store("all-links", "All short links are gone, after copying without links for instance: no layer can be mounted.",
            "rm \"$H/l\"/*", "OVL0110", "links"),
        Store("empty-link", "The link file of an image's top layer is empty, after a power failure for instance: new containers lack the layer, and show the short links.",
            ": > \"$H/$L3/link\"", "OVL0101", "parts $L3"),
        Store("empty-lower", "The lower file of a container's layer is empty: the container cannot be mounted.",
            ": > \"$H/$U/lower\"", "OVL0103", "parts $U"),
        Store("volatile", "A container was mounted with the option volatile and unmounted: the kernel refuses to mount it again.",
            "start ,volatile > /dev/null", "OVL0209", "inside $U/work") with { IsCleared = true },
        Store("orphan-layer", "A layer directory, two days old, that no image, container or mount needs.",
            "O=$(digest orphan); layer $O \"$(cat \"$H/$L3/lower\")\"; echo old > \"$H/$O/diff/file\"; touch -d '2 days ago' \"$H/$O\"", "OVL0107", "layers"),
        new("configuration-conflict", "The storage driver is given in daemon.json and by a flag: the engine does not start.",
            "echo 'DOCKER_STORAGE_OPTIONS=\"--storage-driver overlay2\"' > /etc/sysconfig/docker-storage", ["OVL0601"]) { Kind = LabKind.Configuration, Places = "show" },
    ];

    /// <summary>What it is in.</summary>
    public LabKind Kind { get; private init; }

    /// <summary>A line for sh that shows the places it is about.</summary>
    public string Places { get; private init; } = "";

    /// <summary>Whether the next mount clears away what a rollback needs.</summary>
    public bool IsCleared { get; private init; }

    private static LabScenario Store(string name, string description, string script, string finding, string places) => new(name, description, script, [finding]) { Kind = LabKind.Store, Places = places };
}
