using System.Text;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Mounts;
using Overlay2.Storage.Repair.Predicates;

namespace Overlay2.Storage.Tests.Repair;

/// <summary>Whether a directory has a mount on it or in it, or is mounted somewhere, also where another mount namespace has other paths.</summary>
public sealed class MountsBelowTests
{
    private const string Own = """
        20 1 8:1 / / rw - ext4 /dev/sda1 rw
        21 20 8:2 /data /var/lib/docker rw - ext4 /dev/sdb rw
        22 21 0:40 / /var/lib/docker/overlay2/a/merged rw - overlay overlay rw
        23 21 0:41 / /var/lib/docker/overlay2-quarantine-not/x rw - tmpfs none rw
        """;

    private static readonly BytePath s_entry = BytePath.FromText("/var/lib/docker/overlay2-quarantine/x");

    [Theory]
    [InlineData("90 20 0:50 / /unrelated rw - tmpfs none rw", null)]
    [InlineData("90 21 0:50 / /var/lib/docker/overlay2-quarantine/x rw - tmpfs none rw", "tmpfs on /var/lib/docker/overlay2-quarantine/x")]
    [InlineData("90 21 0:50 / /var/lib/docker/overlay2-quarantine/x/diff/deep rw - tmpfs none rw", "tmpfs on /var/lib/docker/overlay2-quarantine/x/diff/deep")]
    [InlineData("90 21 0:50 / /var/lib/docker/overlay2-quarantine/xy rw - tmpfs none rw", null)]
    [InlineData("90 20 8:2 /data/overlay2-quarantine/x/diff /elsewhere rw - ext4 /dev/sdb rw", "ext4 on /elsewhere")]
    [InlineData("90 20 8:2 /data/overlay2-quarantine/x//deleted /elsewhere rw - ext4 /dev/sdb rw", "ext4 on /elsewhere")]
    [InlineData("90 20 8:2 /data/overlay2-quarantine/y /elsewhere rw - ext4 /dev/sdb rw", null)]
    [InlineData("90 20 8:1 /data/overlay2-quarantine/x /elsewhere rw - ext4 /dev/sda1 rw", null)]
    [InlineData("90 20 8:2 / /whole rw - ext4 /dev/sdb rw\n91 90 0:50 / /whole/data/overlay2-quarantine/x/diff rw - tmpfs none rw", "tmpfs on /whole/data/overlay2-quarantine/x/diff")]
    [InlineData("90 20 8:2 / /whole rw - ext4 /dev/sdb rw\n91 90 0:50 / /whole/data/overlay2-quarantine/y/diff rw - tmpfs none rw", null)]
    public void What_is_mounted_in_the_same_namespace_is_found(string more, string? expected) =>
        Assert.Equal(expected, MountsBelow.Find(s_entry, Table($"{Own}\n{more}"), []));

    [Theory]
    [InlineData("40 1 8:2 /data /d rw - ext4 /dev/sdb rw\n41 40 0:50 / /d/overlay2-quarantine/x/merged rw - overlay overlay rw", "overlay on /d/overlay2-quarantine/x/merged")]
    [InlineData("40 1 8:2 /data/overlay2-quarantine/x /x rw - ext4 /dev/sdb rw", "ext4 on /x")]
    [InlineData("40 1 8:2 /data/overlay2-quarantine /q rw - ext4 /dev/sdb rw", null)]
    [InlineData("40 1 8:2 /data/overlay2-quarantine /q rw - ext4 /dev/sdb rw\n41 40 0:50 / /q/x rw - tmpfs none rw", "tmpfs on /q/x")]
    [InlineData("40 1 8:2 /data /d rw - ext4 /dev/sdb rw\n41 40 0:50 / /d/overlay2/x rw - tmpfs none rw", null)]
    [InlineData("40 1 0:99 / / rw - tmpfs none rw\n41 40 0:50 / /var/lib/docker/overlay2-quarantine/x rw - tmpfs none rw", "tmpfs on /var/lib/docker/overlay2-quarantine/x")]
    public void What_is_mounted_in_another_namespace_is_found(string other, string? expected) =>
        Assert.Equal(expected, MountsBelow.Find(s_entry, Table(Own), [Table("1 0 0:7 / / rw - tmpfs none rw"), Table(other)]));

    [Fact]
    public void Without_the_mount_that_it_is_on_nothing_is_certain() =>
        Assert.NotNull(MountsBelow.Find(s_entry, Table("21 20 8:2 / /srv rw - ext4 /dev/sdb rw"), []));

    private static MountTable Table(string text) => MountTable.Parse(Encoding.UTF8.GetBytes(text.ReplaceLineEndings("\n") + "\n"));
}
