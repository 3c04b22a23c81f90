using Overlay2.Storage.CrashTests.Damages;

namespace Overlay2.Storage.CrashTests.Scenarios;

/// <summary>The driver home, which is private, is bound on itself while containers are started: two of the overlays are only on the cover.</summary>
internal sealed class PrivateChildrenScenario(string scratch) : MountScenario(Name, scratch)
{
    public const string Name = "private-children";

    protected override void Damage(DriverHome home)
    {
        home.Overlay(DriverHome.LayerA);
        Native.Bind(home.Path, home.Path);
        home.Overlay(DriverHome.LayerB);
        home.Overlay(DriverHome.LayerC);
    }
}
