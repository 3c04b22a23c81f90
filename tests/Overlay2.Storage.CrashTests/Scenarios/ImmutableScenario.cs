using System.Collections.Immutable;

namespace Overlay2.Storage.CrashTests.Scenarios;

/// <summary>A container's removal was begun, and files that cannot be changed or only grow keep it.</summary>
internal sealed class ImmutableScenario(string scratch) : StoreScenario(scratch)
{
    public const string Name = "immutable";

    private const uint Immutable = 0x10; // FS_IMMUTABLE_FL of ioctl_iflags(2)
    private const uint AppendOnly = 0x20; // FS_APPEND_FL

    public override ImmutableArray<string> PlanWords => ["--only", "OVL0115"];

    public override ImmutableArray<string> HostWords => [.. base.HostWords, "--scan-uppers"];

    private string Upper => $"{Store.ContainerLayer(0)}/diff";

    /// <summary>What has these flags could not be removed to be built anew.</summary>
    public override void Build()
    {
        if (Directory.Exists(Store.Root))
        {
            Native.ClearFlags($"{Upper}/kept");
            Native.ClearFlags($"{Upper}/folder/log");
        }

        base.Build();
    }

    protected override void Complete()
    {
        Directory.CreateDirectory($"{Upper}/folder");
        File.WriteAllText($"{Upper}/kept", "x\n");
        File.WriteAllText($"{Upper}/folder/log", "y\n");
        string container = $"{Store.Root}/containers/{Path.GetFileName(Store.ContainerRecords[0])}/config.v2.json";
        File.WriteAllText(container, File.ReadAllText(container).Replace("\"RemovalInProgress\":false", "\"RemovalInProgress\":true", StringComparison.Ordinal));
    }

    protected override void Damage()
    {
        Native.SetFlag($"{Upper}/kept", Immutable);
        Native.SetFlag($"{Upper}/folder/log", AppendOnly);
    }
}
