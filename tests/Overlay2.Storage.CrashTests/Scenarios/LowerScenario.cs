namespace Overlay2.Storage.CrashTests.Scenarios;

/// <summary>The lower file of a container's layer is empty.</summary>
internal sealed class LowerScenario(string scratch) : StoreScenario(scratch)
{
    public const string Name = "lower";

    protected override void Damage()
    {
        File.WriteAllText($"{Store.ContainerLayer(0)}/lower", "");
    }
}
