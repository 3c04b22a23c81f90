namespace Overlay2.Storage.CrashTests.Scenarios;

/// <summary>The short link of an image's layer leads to the layer of a container.</summary>
internal sealed class WrongLinkScenario(string scratch) : StoreScenario(scratch)
{
    public const string Name = "wrong-link";

    protected override void Damage()
    {
        string link = Store.LinkOf(Store.ImageLayer);
        File.Delete(link);
        File.CreateSymbolicLink(link, $"../{Path.GetFileName(Store.ContainerLayer(0))}/diff");
    }
}
