namespace Overlay2.Storage.CrashTests.Scenarios;

/// <summary>The work directory of one container is gone, and another has a file in the place of its mount point.</summary>
internal sealed class WorkScenario(string scratch) : StoreScenario(scratch)
{
    public const string Name = "work";

    protected override void Damage()
    {
        Directory.Delete($"{Store.ContainerLayer(0)}/work");
        File.WriteAllText($"{Store.ContainerLayer(1)}/merged", "?\n");
    }
}
