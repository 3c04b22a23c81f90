using Overlay2.Storage.CrashTests.Damages;

namespace Overlay2.Storage.CrashTests.Scenarios;

/// <summary>The driver home, which is shared, is bound on itself while containers are started: two of the overlays come to both.</summary>
internal sealed class ChildrenScenario(string scratch) : MountScenario(Name, scratch)
{
    public const string Name = "children";

    protected override void Damage(DriverHome home)
    {
        Native.MakeShared(Disk);
        home.Overlay(DriverHome.LayerA);
        Native.Bind(home.Path, home.Path);
        home.Overlay(DriverHome.LayerB);
        home.Overlay(DriverHome.LayerC);
    }
}
