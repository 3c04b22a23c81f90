using Overlay2.Storage.Bytes;
using Overlay2.Storage.Snapshots;

namespace Overlay2.Storage.KernelTests.Snapshots;

/// <summary>The kernel's own log, read from its device.</summary>
public sealed class KernelLogTests
{
    private static readonly BytePath s_device = BytePath.FromText("/dev/kmsg");

    [Fact]
    public void The_device_gives_its_records_and_does_not_wait()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "Needs root: only root writes to the kernel's log.");
        string mark = $"overlay2-storage-test {Guid.NewGuid()}";
        File.WriteAllText("/dev/kmsg", $"<6>{mark}\n");

        StorageSnapshot snapshot = StorageSnapshot.FromFiles(new SnapshotFiles { KernelLog = s_device }, TestContext.Current.CancellationToken);

        LogLine line = Assert.Single(snapshot.Log.Value, line => line.Text.ToString() == mark);
        Assert.Equal(LogSource.Kernel, line.Source);
    }

    [Fact]
    public void Another_device_is_refused()
    {
        StorageSnapshot snapshot = StorageSnapshot.FromFiles(new SnapshotFiles { KernelLog = BytePath.FromText("/dev/zero") }, TestContext.Current.CancellationToken);

        Assert.Equal(SnapshotPartStatus.Failed, snapshot.Log.Status);
    }
}
