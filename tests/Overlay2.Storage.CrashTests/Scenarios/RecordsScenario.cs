namespace Overlay2.Storage.CrashTests.Scenarios;

/// <summary>The record of a container's layer is empty, and that of an image's layer is gone.</summary>
internal sealed class RecordsScenario(string scratch) : StoreScenario(scratch)
{
    public const string Name = "records";

    protected override void Damage()
    {
        File.WriteAllText($"{Store.ContainerRecords[0]}/mount-id", "");
        string image = Directory.GetDirectories($"{Store.LayerDatabase}/sha256").Order(StringComparer.Ordinal).First(layer => File.Exists($"{layer}/parent"));
        File.Delete($"{image}/cache-id");
    }
}
