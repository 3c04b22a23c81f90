using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using Overlay2.Storage.CrashTests.Damages;
using Overlay2.Storage.CrashTests.Listings;

namespace Overlay2.Storage.CrashTests.Scenarios;

/// <summary>A container was stopped, and another mount namespace still has its overlay.</summary>
internal sealed class LeakScenario(string scratch) : MountScenario(Name, scratch)
{
    public const string Name = "leak";

    public override ImmutableArray<string> PlanWords => ["--only", "OVL0005", "--allow-other-namespaces"];

    public override bool IsFinal => true;

    /// <summary>Where the process that has the copy says its id.</summary>
    private string HolderFile => $"{Scratch}/holder";

    private int Holder => int.Parse(File.ReadAllText(HolderFile), CultureInfo.InvariantCulture);

    public override IReadOnlyList<string> List() => [.. base.List(), .. MountListing.Of(Holder)];

    public override void CheckRepaired()
    {
        if (MountListing.Of(Holder, Disk).Count != 1)
            throw new CrashFailure("the other namespace still has more than the disk");
    }

    protected override void Damage(DriverHome home)
    {
        home.Overlay(DriverHome.LayerA);
        Process holder = Process.Start("unshare", ["--mount", "--propagation", "private", "--kill-child", "--fork", "sleep", "infinity"]);
        while (NamespaceOf(holder.Id) == NamespaceOf(Environment.ProcessId))
            Thread.Sleep(1);
        Native.Unmount(home.Merged(DriverHome.LayerA));
        File.WriteAllText(HolderFile, holder.Id.ToString(CultureInfo.InvariantCulture));
    }

    private static string? NamespaceOf(int processId) => new FileInfo(string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/ns/mnt")).LinkTarget;
}
