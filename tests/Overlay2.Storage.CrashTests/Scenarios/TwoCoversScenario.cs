using Overlay2.Storage.CrashTests.Damages;

namespace Overlay2.Storage.CrashTests.Scenarios;

/// <summary>Two containers are started, then two file systems are mounted on the driver home.</summary>
internal sealed class TwoCoversScenario(string scratch) : MountScenario(Name, scratch)
{
    public const string Name = "two-covers";

    protected override void Damage(DriverHome home)
    {
        home.Overlay(DriverHome.LayerA);
        home.Overlay(DriverHome.LayerB);
        Native.Mount("one", home.Path, "tmpfs");
        Native.Mount("two", home.Path, "tmpfs");
    }
}
