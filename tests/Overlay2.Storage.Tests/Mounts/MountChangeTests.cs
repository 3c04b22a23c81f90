using System.Text;
using Overlay2.Storage.Mounts;

namespace Overlay2.Storage.Tests.Mounts;

public sealed class MountChangeTests
{
    private const string Before = """
        1 0 8:1 / / rw - ext4 /dev/sda rw
        2 1 0:5 / /a rw - tmpfs a rw
        3 2 0:6 / /a/b rw - tmpfs b rw

        """;

    [Fact]
    public void Equal_tables_have_no_changes() => Assert.Empty(Between(Before, Before));

    [Theory]
    [InlineData("3 2 0:6 / /a/b rw - tmpfs b rw", "", "Removed 3")]
    [InlineData("3 2 0:6 / /a/b rw - tmpfs b rw", "3 1 0:6 / /c rw - tmpfs b rw", "Moved 3")]
    [InlineData("3 2 0:6 / /a/b rw - tmpfs b rw", "3 2 0:6 / /a/b ro - tmpfs b rw", "Remounted 3")]
    [InlineData("3 2 0:6 / /a/b rw - tmpfs b rw", "3 2 0:6 / /a/b rw - tmpfs b ro", "Remounted 3")]
    [InlineData("3 2 0:6 / /a/b rw - tmpfs b rw", "3 2 0:6 / /a/b rw shared:1 - tmpfs b rw", "Remounted 3")]
    [InlineData("3 2 0:6 / /a/b rw - tmpfs b rw", "3 1 0:6 / /c ro - tmpfs b rw", "Moved 3,Remounted 3")]
    [InlineData("3 2 0:6 / /a/b rw - tmpfs b rw", "3 2 0:6 / /a/b rw - tmpfs b rw\n4 3 0:7 / /a/b/c rw - tmpfs c rw", "Added 4")]
    [InlineData("3 2 0:6 / /a/b rw - tmpfs b rw", "3 1 0:9 / /c rw - ext4 x rw", "Removed 3,Added 3")]
    [InlineData("3 2 0:6 / /a/b rw - tmpfs b rw", "3 2 0:6 /gone//deleted /a/b rw - tmpfs b rw", "Removed 3,Added 3")]
    [InlineData("2 1 0:5 / /a rw - tmpfs a rw\n3 2 0:6 / /a/b rw - tmpfs b rw", "", "Removed 3,Removed 2")]
    [InlineData("2 1 0:5 / /a rw - tmpfs a rw\n3 2 0:6 / /a/b rw - tmpfs b rw", "2 1 0:5 / /z rw - tmpfs a rw\n3 2 0:6 / /z/b rw - tmpfs b rw", "Moved 2,Moved 3")]
    public void A_difference_is_told_as_changes(string lines, string instead, string expected) =>
        Assert.Equal(expected, string.Join(',', Between(Before, Before.Replace(lines, instead, StringComparison.Ordinal)).Select(c => $"{c.Kind} {c.Mount.MountId}")));

    [Fact]
    public void A_root_that_is_removed_below_a_mount_is_no_other_mount() =>
        Assert.Empty(Between(Before.Replace("0:6 /", "0:6 /x", StringComparison.Ordinal), Before.Replace("0:6 /", "0:6 /x//deleted", StringComparison.Ordinal)));

    private static System.Collections.Immutable.ImmutableArray<MountChange> Between(string before, string after) =>
        MountChange.Between(Table(before), Table(after));

    private static MountTable Table(string text) => MountTable.Parse(Encoding.UTF8.GetBytes(text.Replace("\n\n", "\n", StringComparison.Ordinal)));
}
