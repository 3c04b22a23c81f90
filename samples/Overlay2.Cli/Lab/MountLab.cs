using System.Globalization;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Mounts;

namespace Overlay2.Cli.Lab;

/// <summary>A driver home as an engine lays it out, with overlays in it.</summary>
internal sealed class MountLab(LabScenario scenario) : LabNamespace(scenario, Make)
{
    private const string Make = """
        H="$D/docker/overlay2"; mkdir -p "$H/base/diff"; echo "data of the container" > "$H/base/diff/data"
        overlay() { mkdir -p "$H/$1/diff" "$H/$1/work" "$H/$1/merged"; mount -t overlay overlay -o "lowerdir=$H/base/diff,upperdir=$H/$1/diff,workdir=$H/$1/work" "$H/$1/merged"; }
        A=$(printf 'a%.0s' $(seq 64)); B=$(printf 'b%.0s' $(seq 64)); C=$(printf 'c%.0s' $(seq 64))
        """;

    public override IReadOnlyList<string> Sound => HasData ? ["The container's file is seen where the engine looks for it"] : [];

    /// <summary>What these leave behind belongs to no container.</summary>
    private bool HasData => Scenario.Name is not ("leaked" or "orphan");

    public override IReadOnlyList<string> Show() =>
        [.. Mounts().Select(found => string.Create(CultureInfo.InvariantCulture, $"{found.Mount.MountId,4} on {found.Mount.ParentId,4}  {found.Mount.FileSystemType,-8} {(found.Point.Length == 0 ? "/" : found.Point)}{(found.IsHidden ? "   HIDDEN" : "")}"))];

    /// <summary>The mounts without their numbers, which are given anew.</summary>
    public override IReadOnlyList<string> List() =>
        [.. Mounts().Select(found => string.Create(CultureInfo.InvariantCulture, $"{found.Mount.FileSystemType} {found.Mount.Major}:{found.Mount.Minor} {found.Mount.Root} {found.Point} {found.IsHidden}"))];

    public override IReadOnlyList<string> Prove() => File.Exists($"{Root}{Scratch}/docker/overlay2/{new string('a', 64)}/merged/data") ? Sound : HasData ? ["The container's file is not seen"] : [];

    private IEnumerable<(MountEntry Mount, string Point, bool IsHidden)> Mounts()
    {
        MountTable table = MountTable.Load(MountTableSource.Process(Options.EngineProcessId!.Value), new MountTableLoadOptions { Lenient = true });
        foreach (MountEntry mount in table.Entries)
        {
            if (mount.MountPoint.StartsWith(BytePath.FromText(Scratch)))
                yield return (mount, mount.MountPoint.ToString()[Scratch.Length..], table.GetVisibility(mount).Status == MountVisibilityStatus.Hidden);
        }
    }
}
