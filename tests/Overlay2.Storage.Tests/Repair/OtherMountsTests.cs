using Overlay2.Storage.Repair.Hosts;
using Overlay2.Storage.Snapshots;

namespace Overlay2.Storage.Tests.Repair;

/// <summary>What other mount namespaces have mounted is looked at before a step that takes something away.</summary>
public sealed class OtherMountsTests
{
    /// <summary>Anybody can make many mounts in a namespace of his own.</summary>
    [Fact]
    public void More_mounts_than_are_read_are_not_taken_for_none()
    {
        var machine = new LinuxMachine(new SnapshotOptions { MaxNamespaceBytes = 1 });

        IOException e = Assert.Throws<IOException>(() => new LinuxMounts(machine).LoadOtherMounts());

        Assert.Contains("mount namespace ", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Mounts_within_the_bound_are_read() => Assert.NotEmpty(new LinuxMounts(new LinuxMachine(new SnapshotOptions())).LoadOtherMounts());
}
