using Overlay2.Storage.CrashTests.Damages;

namespace Overlay2.Storage.CrashTests.Scenarios;

/// <summary>A container's overlay is bound on itself twice.</summary>
internal sealed class StackScenario(string scratch) : MountScenario(Name, scratch)
{
    public const string Name = "stacked";

    protected override void Damage(DriverHome home)
    {
        home.Overlay(DriverHome.LayerA);
        string merged = home.Merged(DriverHome.LayerA);
        Native.Bind(merged, merged);
        Native.Bind(merged, merged);
    }
}
