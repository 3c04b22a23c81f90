using System.Collections.Immutable;
using System.Globalization;
using Overlay2.Storage.CrashTests.Damages;
using Overlay2.Storage.CrashTests.Listings;

namespace Overlay2.Storage.CrashTests.Scenarios;

/// <summary>A fault in the mounts of a driver home. Both are in a mount namespace of their own, which is the engine's for the tool.</summary>
/// <param name="name">The scenario's name in <see cref="ScenarioTable"/>.</param>
/// <param name="scratch">A directory of its own.</param>
internal abstract class MountScenario(string name, string scratch) : PlanScenario(scratch)
{
    /// <summary>Where the tool keeps mounts aside. The directory itself stays once it is made, what is in it does not.</summary>
    private const string Kept = "/run/overlay2-storage";

    private HeldNamespace? _namespace;

    /// <inheritdoc/>
    public override bool IsBuiltEachTime => true;

    /// <inheritdoc/>
    public override ImmutableArray<string> PlanWords => ["--only", "OVL0001", "OVL0002", "OVL0004"];

    /// <inheritdoc/>
    public override ImmutableArray<string> HostWords => ["--engine-pid", _namespace!.ProcessId.ToString(CultureInfo.InvariantCulture), "--data-root", $"{Disk}/docker"];

    /// <summary>The mount point of the driver home's file system.</summary>
    protected string Disk => $"{Scratch}/disk";

    /// <inheritdoc/>
    public override void Build()
    {
        _namespace?.Dispose();
        Directory.CreateDirectory(Disk);
        _namespace = HeldNamespace.Open(name, Scratch);
    }

    /// <summary>Makes the mounts, in the namespace. Called in the process that keeps it.</summary>
    public void Hold()
    {
        Native.Mount("run", "/run", "tmpfs");
        Directory.CreateDirectory(Kept, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        Native.Mount("disk", Disk, "tmpfs");
        Damage(new DriverHome(Disk));
        HeldNamespace.Hold();
    }

    /// <summary>All mounts of the namespace; what is seen of the driver home's file system; and what the tool keeps in /run.</summary>
    public override IReadOnlyList<string> List()
    {
        string root = string.Create(CultureInfo.InvariantCulture, $"/proc/{_namespace!.ProcessId}/root");
        return [.. MountListing.Of(_namespace.ProcessId), .. TreeListing.Of(root + Disk), .. TreeListing.Of($"{root}/run")];
    }

    /// <inheritdoc/>
    public override void CheckRepaired()
    {
        string home = string.Create(CultureInfo.InvariantCulture, $"/proc/{_namespace!.ProcessId}/root{Disk}/docker/overlay2");
        if (!File.Exists($"{home}/{DriverHome.LayerA}/merged/data"))
            throw new CrashFailure("after the repair the first container's files are not seen");
    }

    public override void Dispose()
    {
        _namespace?.Dispose();
        base.Dispose();
    }

    /// <summary>Makes the fault.</summary>
    protected abstract void Damage(DriverHome home);
}
