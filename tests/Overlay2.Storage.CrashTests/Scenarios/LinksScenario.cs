namespace Overlay2.Storage.CrashTests.Scenarios;

/// <summary>All short links are gone.</summary>
internal sealed class LinksScenario(string scratch) : StoreScenario(scratch)
{
    public const string Name = "links";

    protected override void Damage()
    {
        foreach (string link in Directory.GetFileSystemEntries(Store.Links))
            File.Delete(link);
    }
}
