using System.Collections.Immutable;
using Overlay2.Storage.Snapshots;

namespace Overlay2.Storage.KernelTests.Engine;

/// <summary>Keeps what a test saw of a real engine, for tests that run without one: in the directory that OVERLAY2_RECORD names, without names of this machine.</summary>
internal static class RecordedState
{
    public static void Keep(string name, StorageSnapshot snapshot)
    {
        if (Environment.GetEnvironmentVariable("OVERLAY2_RECORD") is not { Length: > 0 } directory)
            return;
        Directory.CreateDirectory(directory);
        using FileStream file = File.Create($"{directory}/{name}.json");

        // Who else runs on the machine, and what is mounted for them, is none of the state.
        (snapshot with
        {
            OtherNamespaces = SnapshotPart.NotTaken<ImmutableArray<SnapshotNamespace>>(),
            Processes = snapshot.Processes.TryGet(out ImmutableArray<SnapshotProcess> processes)
                ? SnapshotPart.Known<ImmutableArray<SnapshotProcess>>([.. processes.Where(process => process.ContainerId.Length > 0 || process.OpenFiles.Count > 0)]) : snapshot.Processes,
        }).Redact("recorded"u8).Save(file);
    }
}
