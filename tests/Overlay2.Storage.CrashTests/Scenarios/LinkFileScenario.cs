namespace Overlay2.Storage.CrashTests.Scenarios;

/// <summary>The link file of an image's layer is gone.</summary>
internal sealed class LinkFileScenario(string scratch) : StoreScenario(scratch)
{
    public const string Name = "link";

    protected override void Damage()
    {
        File.Delete($"{Store.ImageLayer}/link");
    }
}
