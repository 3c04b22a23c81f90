using Overlay2.Storage.CrashTests.Damages;

namespace Overlay2.Storage.CrashTests.Scenarios;

/// <summary>Two containers are started, then another file system is mounted on the driver home.</summary>
internal sealed class ForeignCoverScenario(string scratch) : MountScenario(Name, scratch)
{
    public const string Name = "foreign";

    protected override void Damage(DriverHome home)
    {
        home.Overlay(DriverHome.LayerA);
        home.Overlay(DriverHome.LayerB);
        Native.Mount("foreign", home.Path, "tmpfs");
        File.WriteAllText($"{home.Path}/wanted", "by somebody\n");
    }
}
