using Overlay2.Storage.Fuzz.Targets;

namespace Overlay2.Storage.Fuzz;

/// <summary>What can be fuzzed, by name. A target throws where the library does not behave.</summary>
internal static class FuzzTargets
{
    public static IReadOnlyDictionary<string, Action<byte[]>> All { get; } = new Dictionary<string, Action<byte[]>>(StringComparer.Ordinal)
    {
        ["bbolt"] = BoltTarget.Run,
        ["containerd"] = ContainerdTarget.Run,
        ["docker-json"] = DockerJsonTarget.Run,
        ["listing"] = ListingTarget.Run,
        ["mountinfo"] = MountInfoTarget.Run,
        ["containers-storage"] = ContainersStorageTarget.Run,
        ["daemon-json"] = DaemonJsonTarget.Run,
        ["secrets"] = SecretsTarget.Run,
        ["simulate"] = SimulateTarget.Run,
        ["sysconfig"] = SysconfigTarget.Run,
        ["unit"] = UnitTarget.Run,
        ["options"] = OptionsTarget.Run,
        ["snapshot"] = SnapshotTarget.Run,
        ["plan"] = PlanTarget.Run,
        ["journal"] = JournalTarget.Run,
        ["pipe"] = PipeTarget.Run,
        ["diagnose"] = DiagnoseTarget.Run,
        ["shown"] = ShownTarget.Run,
    };
}
