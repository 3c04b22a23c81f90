namespace Overlay2.Storage.CrashTests.Scenarios;

/// <summary>A wrong link, an empty lower file, a lost work directory, the mark of a volatile mount and a lost link at once.</summary>
internal sealed class CombinedScenario(string scratch) : StoreScenario(scratch)
{
    public const string Name = "combined";

    protected override void Damage()
    {
        string wrong = Store.LinkOf(Store.ImageLayer), first = Store.ContainerLayer(0), second = Store.ContainerLayer(1);
        File.Delete(wrong);
        File.CreateSymbolicLink(wrong, $"../{Path.GetFileName(first)}/diff");
        File.WriteAllText($"{first}/lower", "");
        Directory.Delete($"{first}/work");
        File.WriteAllText($"{second}/merged", "?\n");
        string mark = $"{second}/work/work/incompat/volatile";
        Directory.CreateDirectory(mark);
        File.WriteAllText($"{mark}/dirty", "");
        File.Delete(Store.LinkOf(second));
    }
}
