using System.Text;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Mounts;

namespace Overlay2.Storage.Tests.Mounts;

public sealed class MountTableTests
{
    private static MountTable Table(params string[] lines) =>
        MountTable.Parse(Encoding.Latin1.GetBytes(string.Join('\n', lines.Select(line => line + " rw - tmpfs none rw"))));

    private static int? Resolve(MountTable table, string path) => table.Resolve(BytePath.FromText(path))?.MountId;

    private static int? HiddenBy(MountTable table, int mountId)
    {
        Assert.True(table.TryGet(mountId, out MountEntry? entry));
        MountVisibility visibility = table.GetVisibility(entry);
        Assert.Equal(visibility.HiddenBy is not null, visibility.IsHidden);
        Assert.NotEqual(MountVisibilityStatus.Unknown, visibility.Status);
        return visibility.HiddenBy?.MountId;
    }

    private static MountVisibilityStatus Status(MountTable table, int index) => table.GetVisibility(table.Entries[index]).Status;

    [Fact]
    public void An_empty_text_is_an_empty_table()
    {
        MountTable table = MountTable.Parse(default(ReadOnlySpan<byte>));

        Assert.Empty(table.Entries);
        Assert.Null(table.Root);
        Assert.Null(Resolve(table, "/"));
        Assert.Empty(table.TopLevel);
        Assert.Empty(table.GetByMountPoint("/"u8));
        Assert.False(table.TryGet(0, out _));
    }

    [Fact]
    public void A_walk_enters_the_mount_on_each_component()
    {
        MountTable table = Table("1 0 0:1 / /", "2 1 0:2 / /a", "3 2 0:3 / /a/b", "4 1 0:4 / /ab");

        Assert.Equal(1, table.Root!.MountId);
        Assert.Equal(1, Resolve(table, "/"));
        Assert.Equal(1, Resolve(table, "/x/a/b"));
        Assert.Equal(2, Resolve(table, "/a"));
        Assert.Equal(2, Resolve(table, "/a/bc"));
        Assert.Equal(3, Resolve(table, "/a/b/c/d"));
        Assert.Equal(3, Resolve(table, "//a///b/"));
        Assert.Equal(4, Resolve(table, "/ab/b"));
        Assert.All(table.Entries, entry => Assert.True(table.GetVisibility(entry).IsVisible));
    }

    [Fact]
    public void Stacked_mounts_are_hidden_by_the_topmost()
    {
        MountTable table = Table("1 0 0:1 / /", "4 3 0:4 / /a", "3 2 0:3 / /a", "2 1 0:2 / /a");

        Assert.Equal(4, Resolve(table, "/a"));
        Assert.Equal(4, HiddenBy(table, 2));
        Assert.Equal(4, HiddenBy(table, 3));
        Assert.Null(HiddenBy(table, 4));
    }

    [Fact]
    public void A_mount_on_a_directory_above_hides_what_was_mounted_below_it()
    {
        MountTable table = Table("1 0 0:1 / /", "2 1 0:2 / /a/b", "3 1 0:3 / /a");

        Assert.Equal(3, HiddenBy(table, 2));
        Assert.Equal(3, Resolve(table, "/a/b"));
    }

    [Fact]
    public void A_mount_below_the_covering_one_is_what_is_seen()
    {
        MountTable table = Table("1 0 0:1 / /", "2 1 0:2 / /a/b", "3 1 0:3 / /a", "4 3 0:4 / /a/b");

        Assert.Equal(4, HiddenBy(table, 2));
        Assert.Null(HiddenBy(table, 4));
    }

    [Fact]
    public void A_mount_on_the_same_path_in_a_hidden_mount_does_not_hide()
    {
        MountTable table = Table("1 0 0:1 / /", "2 1 0:2 / /a", "3 2 0:3 / /a", "4 2 0:4 / /a/b", "5 3 0:5 / /a/b");

        Assert.Equal(5, Resolve(table, "/a/b"));
        Assert.Equal(5, HiddenBy(table, 4));
    }

    [Fact]
    public void The_root_directory_is_not_left_for_what_is_mounted_over_it()
    {
        MountTable table = Table("1 0 0:1 / /", "2 1 0:2 / /", "3 2 0:3 / /a", "4 1 0:4 / /b");

        Assert.Equal(1, Resolve(table, "/"));
        Assert.Equal(1, Resolve(table, "/a"));
        Assert.Equal(1, HiddenBy(table, 2));
        Assert.Equal(1, HiddenBy(table, 3));
        Assert.Null(HiddenBy(table, 4));
    }

    [Fact]
    public void A_root_on_itself_is_the_root()
    {
        MountTable table = Table("1 1 0:1 / /", "2 1 0:2 / /a");

        Assert.Equal(1, table.Root!.MountId);
        Assert.Null(table.GetParent(table.Root));
        Assert.Equal([2], table.GetChildren(table.Root).Select(entry => entry.MountId));
        Assert.Equal(2, Resolve(table, "/a"));
    }

    [Fact]
    public void A_root_directory_that_is_no_mount_is_walked_without_being_shown()
    {
        MountTable table = Table("5 1 0:5 / /proc", "6 1 0:6 / /dev", "7 6 0:7 / /dev/shm", "8 1 0:8 / /dev");

        Assert.Null(table.Root);
        Assert.Null(Resolve(table, "/etc"));
        Assert.Equal(5, Resolve(table, "/proc/1"));
        Assert.Equal(8, Resolve(table, "/dev/shm"));
        Assert.Equal(8, HiddenBy(table, 6));
        Assert.Equal(8, HiddenBy(table, 7));
    }

    [Fact]
    public void A_mount_over_a_root_directory_that_is_no_mount_is_told_by_its_sibling()
    {
        MountTable table = Table("5 1 0:5 / /", "6 1 0:6 / /dev", "7 5 0:7 / /a", "8 2 0:8 / /b");

        Assert.Null(table.Root);
        Assert.Null(Resolve(table, "/a"));
        Assert.Equal(6, Resolve(table, "/dev/x"));
        Assert.Equal(MountVisibilityStatus.Hidden, Status(table, 0));
        Assert.Null(table.GetVisibility(table.Entries[0]).HiddenBy);
        Assert.Equal(MountVisibilityStatus.Hidden, Status(table, 2));
        Assert.Equal(MountVisibilityStatus.Unknown, Status(table, 3));
    }

    [Fact]
    public void Without_a_known_start_nothing_is_claimed()
    {
        MountTable table = Table("5 1 0:5 / /proc", "6 2 0:6 / /dev");

        Assert.Null(table.Root);
        Assert.Null(Resolve(table, "/proc"));
        Assert.All(table.Entries, entry => Assert.Equal(MountVisibilityStatus.Unknown, table.GetVisibility(entry).Status));
    }

    [Fact]
    public void A_mount_whose_parent_is_missing_is_unknown()
    {
        MountTable table = Table("1 0 0:1 / /", "5 99 0:5 / /a", "6 5 0:6 / /a/b");

        Assert.Equal(MountVisibilityStatus.Unknown, Status(table, 1));
        Assert.Equal(MountVisibilityStatus.Unknown, Status(table, 2));
        Assert.Equal([1, 5], table.TopLevel.Select(entry => entry.MountId));
        Assert.Equal(1, Resolve(table, "/a/b"));
    }

    [Fact]
    public void Of_lines_with_one_id_the_first_is_found_and_has_the_children()
    {
        MountTable table = Table("1 0 0:1 / /", "2 1 0:2 / /a", "2 1 0:3 / /b", "3 2 0:4 / /a/c", "1 1 0:5 / /d");

        Assert.True(table.TryGet(2, out MountEntry? found));
        Assert.Same(table.Entries[1], found);
        Assert.Equal([3], table.GetChildren(found).Select(entry => entry.MountId));
        Assert.Empty(table.GetChildren(table.Entries[2]));
        Assert.Same(table.Entries[2], table.Resolve("/b/x"u8));
        Assert.Same(table.Entries[4], table.Resolve("/d"u8));
    }

    [Fact]
    public void Rings_of_parents_end_and_are_reached_once()
    {
        MountTable table = Table("1 0 0:1 / /", "5 4 0:1 / /x", "3 5 0:1 / /x", "4 3 0:1 / /x", "6 4 0:1 / /x/y", "7 7 0:1 / /z");

        var reached = new List<int>();
        Collect(table.TopLevel);
        Assert.Equal([1, 3, 4, 5, 6, 7], reached.Order());
        Assert.Equal([1, 5, 7], table.TopLevel.Select(entry => entry.MountId));
        Assert.All(Enumerable.Range(1, 5), i => Assert.Equal(MountVisibilityStatus.Unknown, Status(table, i)));
        Assert.Equal(1, Resolve(table, "/x/y"));

        void Collect(MountSequence mounts)
        {
            foreach (MountEntry mount in mounts)
            {
                reached.Add(mount.MountId);
                Collect(table.GetChildren(mount));
            }
        }
    }

    [Fact]
    public void Only_rings_have_no_start()
    {
        MountTable table = Table("1 2 0:1 / /", "2 1 0:1 / /");

        Assert.Null(table.Root);
        Assert.Null(Resolve(table, "/"));
        Assert.Single(table.TopLevel);
    }

    [Fact]
    public void A_mount_point_outside_the_parent_is_never_entered()
    {
        MountTable table = Table("1 0 0:1 / /", "2 1 0:2 / /a", "3 2 0:3 / /b", "4 1 0:4 / relative", "5 3 0:5 / /b/c");

        Assert.Equal(1, Resolve(table, "/b/c"));
        Assert.Equal(MountVisibilityStatus.Unknown, Status(table, 2));
        Assert.Equal(MountVisibilityStatus.Unknown, Status(table, 3));
        Assert.Equal(MountVisibilityStatus.Unknown, Status(table, 4));
    }

    [Fact]
    public void Of_two_mounts_with_one_parent_and_point_the_later_line_is_entered()
    {
        MountTable table = Table("1 0 0:1 / /", "2 1 0:2 / /a", "3 1 0:3 / /a");

        Assert.Equal(3, Resolve(table, "/a"));
        Assert.Equal(3, HiddenBy(table, 2));
        Assert.Equal([2, 3], table.GetByMountPoint("/a"u8).Select(entry => entry.MountId));
        Assert.Equal([2, 3], table.GetByMountPoint("//a/"u8).Select(entry => entry.MountId));
    }

    [Theory]
    [InlineData("")]
    [InlineData("a/b")]
    public void Only_absolute_paths_are_resolved(string path) =>
        Assert.Throws<ArgumentException>(() => Table("1 0 0:1 / /").Resolve(BytePath.FromText(path)));

    [Fact]
    public void A_mount_of_another_table_is_refused()
    {
        MountEntry other = Table("1 0 0:1 / /").Entries[0];
        MountTable table = Table("1 0 0:1 / /");

        Assert.Throws<ArgumentException>(() => table.GetVisibility(other));
        Assert.Throws<ArgumentException>(() => table.GetParent(other));
        Assert.Throws<ArgumentException>(() => table.GetChildren(other));
    }

    [Fact]
    public void A_bad_line_ends_a_strict_parse_and_is_listed_by_a_lenient_one()
    {
        byte[] text = Encoding.Latin1.GetBytes("1 0 0:1 / / rw - tmpfs none rw\njunk\n2 1 0:2 / /a rw - tmpfs none rw\n3 99999999999 0:2 / /b rw - tmpfs none rw\n");

        MountInfoFormatException thrown = Assert.Throws<MountInfoFormatException>(() => MountTable.Parse(text));
        Assert.Equal(2, thrown.Error.LineNumber);

        MountTable table = MountTable.ParseLenient(text);
        Assert.Equal([1, 2], table.Entries.Select(entry => entry.MountId));
        Assert.Equal(2, table.BadLineCount);
        Assert.Equal(thrown.Error, table.BadLines[0]);
        Assert.Equal(new MountInfoError(4, 70, MountInfoField.ParentId, MountInfoErrorReason.NumberTooLarge), table.BadLines[1]);
        Assert.Equal(2, Resolve(table, "/a"));
    }

    [Theory]
    [InlineData("\n")]
    [InlineData("1 x 0:1 / / rw - a b c\n")]
    public void A_text_of_bad_lines_takes_linear_time_and_lists_a_thousand(string line)
    {
        const int Lines = 200_000;
        byte[] text = Encoding.Latin1.GetBytes(string.Concat(Enumerable.Repeat(line, Lines)));

        MountTable table = MountTable.ParseLenient((ReadOnlyMemory<byte>)text);
        double growth = ThreadTime.Shortest(() => MountTable.ParseLenient((ReadOnlyMemory<byte>)text))
            / ThreadTime.Shortest(() => MountTable.ParseLenient(text.AsMemory(0, text.Length / 10)));

        Assert.True(growth < 40, $"ten times the lines took {growth:F1} times as long"); // 100 if it were quadratic
        Assert.Equal(Lines, table.BadLineCount);
        Assert.Equal(1000, table.BadLines.Length);
        Assert.Equal(1000, table.BadLines[^1].LineNumber);
    }

    [Theory]
    [InlineData("stack")]
    [InlineData("nest")]
    [InlineData("ring")]
    [InlineData("one id")]
    [InlineData("one place")]
    public void Hostile_tables_take_linear_time(string shape)
    {
        byte[] few = Encoding.ASCII.GetBytes(HostileTable(shape, 800));
        byte[] many = Encoding.ASCII.GetBytes(HostileTable(shape, 8_000));

        int visible = CountVisible(many);
        Assert.Equal(shape switch { "stack" or "one place" => 2, "nest" => 50, _ => 1 }, visible);
        double growth = ThreadTime.Shortest(() => CountVisible(many)) / ThreadTime.Shortest(() => CountVisible(few));
        Assert.True(growth < 40, $"ten times the mounts took {growth:F1} times as long"); // 100 if it were quadratic

        static int CountVisible(byte[] text)
        {
            MountTable table = MountTable.Parse((ReadOnlyMemory<byte>)text);
            return table.Entries.Count(entry => table.GetVisibility(entry).IsVisible);
        }
    }

    private static string HostileTable(string shape, int mounts)
    {
        var text = new StringBuilder("0 999999 0:1 / / rw - tmpfs none rw\n");
        var path = new StringBuilder("/a");
        for (int i = 1; i < mounts; i++)
        {
            string start = shape switch
            {
                "stack" => $"{i} {i - 1} 0:1 / /a",
                "nest" when i < 50 => $"{i} {i - 1} 0:1 / {path.Append("/a")}",
                "nest" => $"{i} {i - 1} 0:1 / {path}",
                "ring" => $"{i} {(i == 1 ? mounts - 1 : i - 1)} 0:1 / /a",
                "one id" => "7 7 0:1 / /a",
                _ => $"{i} 0 0:1 / /a",
            };
            text.Append(start).Append(" rw - tmpfs none rw\n");
        }

        return text.ToString();
    }

    [Fact]
    public void Queries_allocate_nothing()
    {
        MountTable table = Table([
            "1 0 0:1 / /",
            .. Enumerable.Range(2, 100).Select(i => $"{i} 1 0:2 / /var/lib/mounts/{i % 70}"),
            .. Enumerable.Range(200, 100).Select(i => $"{i} {i - 198} 0:2 / /var/lib/mounts/{(i - 198) % 70}/sub"),
        ]);

        int count = 0;
        Allocation.AssertNone(() =>
        {
            foreach (MountEntry entry in table.Entries)
            {
                if (table.GetVisibility(entry).IsHidden)
                    count++;
                if (table.Resolve(entry.MountPoint.Span) is not null && table.Resolve(entry.MountPoint) is not null)
                    count++;
                foreach (MountEntry child in table.GetChildren(entry))
                    count += child.MountId;
                foreach (MountEntry same in table.GetByMountPoint(entry.MountPoint))
                    count += same.MountId;
                if (table.TryGet(entry.MountId, out _))
                    count++;
            }
        });
        Assert.NotEqual(0, count);
    }
}
