using Overlay2.Storage.CrashTests.Damages;

namespace Overlay2.Storage.CrashTests.Scenarios;

/// <summary>Two containers are started, then the driver home is bound on itself.</summary>
internal sealed class SelfBindScenario(string scratch) : MountScenario(Name, scratch)
{
    public const string Name = "self-bind";

    protected override void Damage(DriverHome home)
    {
        home.Overlay(DriverHome.LayerA);
        home.Overlay(DriverHome.LayerB);
        Native.Bind(home.Path, home.Path);
    }
}
