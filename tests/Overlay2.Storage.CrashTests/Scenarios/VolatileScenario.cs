namespace Overlay2.Storage.CrashTests.Scenarios;

/// <summary>A container was mounted with the option volatile when its host crashed.</summary>
internal sealed class VolatileScenario(string scratch) : StoreScenario(scratch)
{
    public const string Name = "volatile";

    protected override void Damage()
    {
        string mark = $"{Store.ContainerLayer(1)}/work/work/incompat/volatile";
        Directory.CreateDirectory(mark);
        File.WriteAllText($"{mark}/dirty", "");
    }
}
