using Overlay2.Storage.Bytes;
using Overlay2.Storage.Detection;
using Overlay2.Storage.Kernel;
using static Overlay2.Storage.Detection.BackingFileSystemStatus;
using static Overlay2.Storage.Kernel.FeatureStatus;

namespace Overlay2.Storage.Tests.Detection;

public sealed class BackingFileSystemAdviceTests
{
    [Theory]
    [InlineData(0xEF53u, Yes, "ext4", Recommended, Supported)]
    [InlineData(0xEF53u, FeatureStatus.Unknown, "ext4", Recommended, Supported)]
    [InlineData(0xEF53u, No, "ext4", Unsupported, Supported)]
    [InlineData(0x58465342u, Yes, "xfs", Recommended, Supported)]
    [InlineData(0x58465342u, FeatureStatus.Unknown, "xfs", Limited, Supported)]
    [InlineData(0x58465342u, No, "xfs", Unsupported, Supported)]
    [InlineData(0x794C7630u, Yes, "overlay", Unsupported, Limited)]
    [InlineData(0x6969u, Yes, "nfs", Unsupported, Supported)]
    [InlineData(0x65735546u, Yes, "fuse", BackingFileSystemStatus.Unknown, Supported)]
    [InlineData(0x01021994u, Yes, "tmpfs", Limited, Supported)]
    [InlineData(0x9123683Eu, Yes, "btrfs", Supported, Supported)]
    [InlineData(0x2FC12FC1u, Yes, "zfs", Limited, Supported)]
    [InlineData(0x12345678u, Yes, "", BackingFileSystemStatus.Unknown, BackingFileSystemStatus.Unknown)]
    public void A_type_and_its_entry_types_decide(uint magic, FeatureStatus entryTypes, string type, BackingFileSystemStatus upper, BackingFileSystemStatus lower)
    {
        BackingFileSystemAdvice advice = BackingFileSystemAdvice.For(magic, new FeatureEvidence(entryTypes, "test"));

        Assert.Equal((type, upper, lower), (advice.Type, advice.Upper, advice.Lower));
        Assert.Contains(advice.Reasons, r => r.Contains("Linux 4.0", StringComparison.Ordinal));
        Assert.True(advice.Reasons.Length > 1);
    }

    [Fact]
    public void What_a_probe_showed_counts_before_the_table()
    {
        BackingFileSystemAdvice fuse = BackingFileSystemAdvice.For(0x65735546, FeatureEvidence.None);

        Assert.Equal(Limited, BackingFileSystem.Apply(fuse, Probe(Yes, Yes)).Upper);
        Assert.Equal(Unsupported, BackingFileSystem.Apply(fuse, Probe(FeatureStatus.Unknown, No)).Upper);
        Assert.Equal(Recommended, BackingFileSystem.Apply(BackingFileSystemAdvice.For(0xEF53, FeatureEvidence.None), Probe(Yes, Yes)).Upper);
        Assert.Equal(Unsupported, BackingFileSystem.Apply(BackingFileSystemAdvice.For(0xEF53, FeatureEvidence.None), Probe(FeatureStatus.Unknown, Yes)).Upper);
    }

    [Fact]
    public void A_directory_of_this_machine_has_a_magic_number() =>
        Assert.Equal(("proc", 0x9FA0u), (BackingFileSystem.Inspect(BytePath.FromText("/proc")).Type, BackingFileSystem.Inspect(BytePath.FromText("/proc")).Magic));

    [Fact]
    public void A_directory_that_is_not_there_is_an_error() =>
        Assert.Throws<IOException>(() => BackingFileSystem.Inspect(BytePath.FromText("/no/such/directory")));

    private static KernelProbe Probe(FeatureStatus overlay, FeatureStatus entryTypes) => new(
    [
        new ProbeResult("d-type", ProbeScope.FileSystem, "", new FeatureEvidence(entryTypes, "test")),
        new ProbeResult("overlay", ProbeScope.Overlay, "", new FeatureEvidence(overlay, "test")),
    ]);
}
