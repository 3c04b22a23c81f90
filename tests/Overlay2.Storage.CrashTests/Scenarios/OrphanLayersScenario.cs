namespace Overlay2.Storage.CrashTests.Scenarios;

/// <summary>Two layers, two days old, that nobody needs.</summary>
internal sealed class OrphanLayersScenario(string scratch) : StoreScenario(scratch)
{
    public const string Name = "orphans";

    private const int IdLength = 64;
    private const int LinkLength = 26;

    protected override void Damage()
    {
        Add('e');
        Add('f');
    }

    private void Add(char letter)
    {
        string id = new(letter, IdLength), link = new(char.ToUpperInvariant(letter), LinkLength);
        Directory.CreateDirectory($"{Store.Home}/{id}/diff/kept");
        File.WriteAllText($"{Store.Home}/{id}/diff/kept/file", "old\n");
        File.WriteAllText($"{Store.Home}/{id}/link", link);
        File.CreateSymbolicLink($"{Store.Links}/{link}", $"../{id}/diff");
        Directory.SetLastWriteTimeUtc($"{Store.Home}/{id}", DateTime.UtcNow.AddDays(-2));
    }
}
