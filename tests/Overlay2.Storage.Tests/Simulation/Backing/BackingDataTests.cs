using Overlay2.Storage.Kernel;
using Overlay2.Storage.Simulation;
using Overlay2.Storage.Simulation.Backing;

namespace Overlay2.Storage.Tests.Simulation.Backing;

/// <summary>Data, sizes, allocated ranges and free space. What the file systems differ in was seen on real ones.</summary>
public sealed class BackingDataTests
{
    private const int Page = 4096;

    public static TheoryData<SimulatedFileSystemKind> Kinds => Disk.Kinds;

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Holes_read_as_zeros_and_take_no_space(SimulatedFileSystemKind kind)
    {
        var disk = new Disk(kind, blocks: 10);
        BackingInode file = disk.MakeFile("f", 1);
        disk.FileSystem.Write(file, 100_000, new byte[] { 2 }, out int written);
        Assert.Equal((1, 100_001L, 8L), (written, file.Size, disk.FileSystem.FreeBlocks));
        Assert.Equal([(0L, 4096L), (98304L, 100_001L)], disk.FileSystem.DataRanges(file));
        byte[] bytes = BackingFileSystem.Read(file, 0, long.MaxValue);
        Assert.Equal((100_001, 1, 2), (bytes.Length, bytes[0], bytes[^1]));
        Assert.Equal(0, bytes.Count(b => b != 0) - 2);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_shorter_file_gives_space_back_and_grows_again_with_zeros(SimulatedFileSystemKind kind)
    {
        var disk = new Disk(kind, blocks: 10);
        BackingInode file = disk.MakeFile("f", [.. Enumerable.Repeat((byte)7, 3 * Page)]);
        disk.FileSystem.SetSize(file, Page + 1, always: false);
        Assert.Equal(8, disk.FileSystem.FreeBlocks);
        disk.FileSystem.SetSize(file, 2 * Page, always: false);
        byte[] bytes = BackingFileSystem.Read(file, 0, 2 * Page);
        Assert.Equal(Page + 1, bytes.Count(b => b == 7));
        Assert.Equal(0, bytes[^1]);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Space_ends_in_the_middle_of_a_write(SimulatedFileSystemKind kind)
    {
        var disk = new Disk(kind, blocks: 2);
        BackingInode file = disk.MakeFile("f");
        Assert.Equal(LinuxError.OK, disk.FileSystem.Write(file, 0, new byte[5 * Page], out int written));
        Assert.Equal((2 * Page, 0L), (written, disk.FileSystem.FreeBlocks));
        Assert.Equal(LinuxError.ENOSPC, disk.FileSystem.Write(file, 2 * Page, [1], out written));
        Assert.Equal((0, 2L * Page), (written, file.Size));
        Assert.Equal(LinuxError.OK, disk.FileSystem.Write(file, 5, [1], out _)); // its page is there
        Assert.Equal(LinuxError.ENOSPC, disk.FileSystem.Allocate(file, 0, 3 * Page, keepSize: false));
    }

    [Theory]
    [InlineData(SimulatedFileSystemKind.Ext4, true)]
    [InlineData(SimulatedFileSystemKind.Xfs, true)]
    [InlineData(SimulatedFileSystemKind.Tmpfs, false)]
    public void Allocated_space_is_data_where_the_file_system_says_so(SimulatedFileSystemKind kind, bool shown)
    {
        var disk = new Disk(kind, blocks: 10);
        BackingInode file = disk.MakeFile("f");
        Assert.Equal(LinuxError.OK, disk.FileSystem.Allocate(file, 10, 2 * Page, keepSize: false));
        Assert.Equal((10 + (2L * Page), 7L), (file.Size, disk.FileSystem.FreeBlocks));
        Assert.Equal(shown ? [(0L, file.Size)] : [], disk.FileSystem.DataRanges(file));
        Assert.All(BackingFileSystem.Read(file, 0, file.Size), b => Assert.Equal(0, b));

        Assert.Equal(LinuxError.OK, disk.FileSystem.Allocate(file, 0, 5 * Page, keepSize: true));
        Assert.Equal((10 + (2L * Page), 5L), (file.Size, disk.FileSystem.FreeBlocks));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_punched_hole_frees_whole_pages_and_clears_the_rest(SimulatedFileSystemKind kind)
    {
        var disk = new Disk(kind, blocks: 10);
        BackingInode file = disk.MakeFile("f", [.. Enumerable.Repeat((byte)7, 5 * Page)]);
        Assert.Equal(LinuxError.OK, disk.FileSystem.PunchHole(file, Page - 10, (2 * Page) + 20));
        Assert.Equal((5L * Page, 7L), (file.Size, disk.FileSystem.FreeBlocks));
        Assert.Equal([(0L, (long)Page), (3L * Page, 5L * Page)], disk.FileSystem.DataRanges(file));
        byte[] bytes = BackingFileSystem.Read(file, 0, file.Size);
        Assert.Equal((5 * Page) - (2 * Page) - 20, bytes.Count(b => b == 7));
        Assert.Equal((7, 0, 0, 7), (bytes[Page - 11], bytes[Page - 10], bytes[(3 * Page) + 9], bytes[(3 * Page) + 10]));

        Assert.Equal(LinuxError.OK, disk.FileSystem.PunchHole(file, 5, 3));
        Assert.Equal(7, disk.FileSystem.FreeBlocks);
        Assert.Equal([7, 0, 0, 0, 7], BackingFileSystem.Read(file, 4, 5));
    }

    [Fact]
    public void Only_tmpfs_has_no_zero_range()
    {
        foreach (SimulatedFileSystemKind kind in Enum.GetValues<SimulatedFileSystemKind>())
        {
            var disk = new Disk(kind);
            BackingInode file = disk.MakeFile("f", 1, 2, 3);
            LinuxError error = disk.FileSystem.ZeroRange(file, 1, 5);
            Assert.Equal(kind == SimulatedFileSystemKind.Tmpfs ? LinuxError.ENOTSUP : LinuxError.OK, error);
            Assert.Equal(error == LinuxError.OK ? [1, 0, 0, 0, 0, 0] : new byte[] { 1, 2, 3 }, BackingFileSystem.Read(file, 0, 10));
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Seek_finds_data_and_holes_and_nothing_past_the_end(SimulatedFileSystemKind kind)
    {
        var disk = new Disk(kind);
        BackingInode file = disk.MakeFile("f");
        disk.FileSystem.Write(file, 2 * Page, new byte[Page], out _);
        disk.FileSystem.SetSize(file, 10 * Page, always: false);
        (LinuxError, long) Seek(long offset, bool data) => (disk.FileSystem.Seek(file, offset, data, out long at), at);
        Assert.Equal((LinuxError.OK, 2L * Page), Seek(5, data: true));
        Assert.Equal((LinuxError.OK, (2L * Page) + 5), Seek((2 * Page) + 5, data: true));
        Assert.Equal((LinuxError.OK, 5L), Seek(5, data: false));
        Assert.Equal((LinuxError.OK, 3L * Page), Seek(2 * Page, data: false));
        Assert.Equal(LinuxError.ENXIO, Seek(3 * Page, data: true).Item1);
        Assert.Equal(LinuxError.ENXIO, Seek(10 * Page, data: false).Item1);
        Assert.Equal(LinuxError.ENXIO, Seek(-1, data: false).Item1);
    }

    [Fact]
    public void Xfs_shares_the_blocks_of_a_copy_until_one_side_writes()
    {
        var disk = new Disk(SimulatedFileSystemKind.Xfs, blocks: 4);
        BackingInode file = disk.MakeFile("f", [.. Enumerable.Repeat((byte)7, 3 * Page)]), copy = disk.MakeFile("g");
        disk.FileSystem.Clone(file, copy);
        Assert.Equal((file.Size, 1L), (copy.Size, disk.FileSystem.FreeBlocks));
        disk.FileSystem.Write(copy, 0, [1], out _);
        Assert.Equal(7, BackingFileSystem.Read(file, 0, 1)[0]);
        Assert.Equal([1, 7], BackingFileSystem.Read(copy, 0, 2));
        disk.FileSystem.Remove(disk.Root, Disk.Name("g"));
        Assert.Equal(1, disk.FileSystem.FreeBlocks);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_mapping_reads_whole_pages_and_no_further(SimulatedFileSystemKind kind)
    {
        var disk = new Disk(kind);
        BackingInode file = disk.MakeFile("f", 1, 2, 3);
        Assert.Equal(LinuxError.OK, BackingFileSystem.ReadMapped(file, 1, 3 * Page, out byte[] bytes));
        Assert.Equal((Page - 1, 2), (bytes.Length, bytes[0]));
        Assert.Equal(LinuxError.EIO, BackingFileSystem.ReadMapped(file, Page, 1, out _));
    }

    /// <summary>What ext4 with blocks of 4096 bytes, xfs and tmpfs answered at the ends of the numbers.</summary>
    [Theory]
    [InlineData(SimulatedFileSystemKind.Ext4, 0xFFFFFFFEF9C, 100)]
    [InlineData(SimulatedFileSystemKind.Ext4, 0xFFFFFFFF000, -1)]
    [InlineData(SimulatedFileSystemKind.Ext4, long.MaxValue - 300, -1)]
    [InlineData(SimulatedFileSystemKind.Xfs, long.MaxValue - 300, 300)]
    [InlineData(SimulatedFileSystemKind.Tmpfs, long.MaxValue - 300, 300)]
    public void A_write_ends_at_the_largest_size(SimulatedFileSystemKind kind, long offset, int expected)
    {
        var disk = new Disk(kind);
        BackingInode file = disk.MakeFile("f");
        LinuxError error = disk.FileSystem.Write(file, offset, new byte[300], out int written);
        Assert.Equal(expected < 0 ? (LinuxError.EFBIG, 0, 0L) : (LinuxError.OK, expected, offset + expected), (error, written, file.Size));
        Assert.Equal(expected < 0 ? 0 : 1, disk.FileSystem.DataRanges(file).Count);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Sizes_at_the_ends_of_the_numbers_are_answered_without_work(SimulatedFileSystemKind kind)
    {
        var disk = new Disk(kind);
        BackingInode file = disk.MakeFile("f", 1);
        long largest = disk.FileSystem.MaximumFileSize;
        Assert.Equal(LinuxError.OK, disk.FileSystem.SetSize(file, largest, always: true));
        Assert.Equal((LinuxError.OK, 0L), (disk.FileSystem.Seek(file, 0, data: true, out long at), at));
        Assert.Equal(LinuxError.ENXIO, disk.FileSystem.Seek(file, Page, data: true, out _));
        Assert.Equal(LinuxError.OK, disk.FileSystem.PunchHole(file, 0, largest));
        Assert.Equal(LinuxError.OK, disk.FileSystem.Allocate(file, largest - 1, 1, keepSize: true));
        Assert.Equal(LinuxError.ENOSPC, disk.FileSystem.Allocate(file, 0, largest, keepSize: false));
        Assert.Equal(LinuxError.OK, BackingFileSystem.ReadMapped(file, largest - 1, 10, out _));
        if (largest < long.MaxValue)
        {
            Assert.Equal(LinuxError.EFBIG, disk.FileSystem.SetSize(file, largest + 1, always: true));
            Assert.Equal(LinuxError.EFBIG, disk.FileSystem.Allocate(file, largest, 1, keepSize: true));
            Assert.Equal(LinuxError.EFBIG, disk.FileSystem.PunchHole(file, 1, long.MaxValue - 1));
        }

        Assert.Equal(LinuxError.OK, disk.FileSystem.SetSize(file, 0, always: true));
        Assert.Empty(disk.FileSystem.DataRanges(file));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Times_follow_reads_writes_and_sizes(SimulatedFileSystemKind kind)
    {
        var disk = new Disk(kind);
        BackingInode file = disk.MakeFile("f", 1, 2);
        long made = disk.Now;
        disk.Tick();
        disk.FileSystem.Accessed(file);
        Assert.Equal((disk.Now, made), (file.AccessTime, file.ModificationTime));
        disk.FileSystem.SetFlags(file, FileAttributeFlags.NoAccessTime);
        long read = disk.Now;
        disk.Tick();
        disk.FileSystem.Accessed(file);
        Assert.Equal(read, file.AccessTime);
        disk.FileSystem.Write(file, 0, [3], out _);
        Assert.Equal((disk.Now, disk.Now), (file.ModificationTime, file.ChangeTime));
        disk.Tick();
        disk.FileSystem.SetTimes(file, 5, null);
        Assert.Equal((5L, disk.Now), (file.AccessTime, file.ChangeTime));
        disk.FileSystem.SetSize(file, 1, always: false);
        Assert.Equal(disk.Now, file.ModificationTime);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Calls_on_a_whole_file_system_cost_no_more_than_calls_on_a_page(SimulatedFileSystemKind kind)
    {
        var disk = new Disk(kind);
        BackingFileSystem fileSystem = disk.FileSystem;
        long all = fileSystem.FreeBlocks * Page;
        BackingInode file = disk.MakeFile("f"), sparse = disk.MakeFile("sparse"), copy = disk.MakeFile("copy");
        fileSystem.SetSize(sparse, all, always: false);
        long before = GC.GetAllocatedBytesForCurrentThread();

        for (int i = 0; i < 2; i++)
        {
            Assert.Equal(LinuxError.OK, fileSystem.Allocate(file, 0, all, keepSize: false));
            Assert.Equal(0, fileSystem.FreeBlocks);
        }

        Assert.Equal([(0, all)], fileSystem.DataRanges(file));
        Assert.Equal(LinuxError.OK, fileSystem.PunchHole(file, Page, all));
        Assert.Equal(LinuxError.OK, fileSystem.SetSize(file, 1, always: false));
        Assert.Equal((all / Page) - 1, fileSystem.FreeBlocks);

        // What lies alike or is no data goes by pieces, at any place.
        const long Most = 0x7FFFF000;
        foreach (long at in (long[])[0, 5, 2 * Page])
        {
            Assert.Equal(LinuxError.OK, fileSystem.CopyFileRange(sparse, 3, copy, at, all / 2, out long copied));
            Assert.Equal(Most, copied);
        }

        Assert.Equal((2 * Page) + Most, copy.Size);
        Assert.Equal((all / Page) - 1 - ((2 * Page) + Most + Page - 1) / Page, fileSystem.FreeBlocks);
        Assert.Equal(fileSystem.FreeBlocks * Page, fileSystem.CopyRange(sparse, file, Page, all));
        Assert.Equal(0, fileSystem.FreeBlocks);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 18);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_copied_range_has_the_bytes_of_its_source_wherever_it_goes(SimulatedFileSystemKind kind)
    {
        var random = new Random(1);
        for (int round = 0; round < 200; round++)
        {
            var disk = new Disk(kind, blocks: 60);
            var other = new Disk(kind);
            byte[][] plain = [new byte[8 * Page], new byte[8 * Page]];
            BackingInode[] files = [disk.MakeFile("f"), (random.Next(2) == 0 ? disk : other).MakeFile("g")];
            for (int i = 0; i < 2; i++)
            {
                files[i].FileSystem.SetSize(files[i], 8 * Page, always: false);
                for (int piece = 0; piece < 3; piece++)
                {
                    long at = random.Next(7 * Page);
                    byte[] bytes = new byte[random.Next(Page)];
                    random.NextBytes(bytes);
                    files[i].FileSystem.Write(files[i], at, bytes, out _);
                    bytes.CopyTo(plain[i], at);
                    files[i].FileSystem.Allocate(files[i], random.Next(7 * Page), 1 + random.Next(Page), keepSize: true);
                }
            }

            int from = random.Next(2), to = random.Next(2);
            int source = random.Next(4 * Page), target = from == to ? source + (4 * Page) - random.Next(Page) : random.Next(4 * Page);
            int length = 1 + random.Next(from == to ? Math.Min(target - source, (8 * Page) - target) : 4 * Page);
            if (random.Next(2) == 0)
                (source, target) = (source / Page * Page, (target + Page - 1) / Page * Page);
            length = Math.Min(length, (8 * Page) - target);
            for (int at = 0; at < length;)
            {
                Assert.Equal(LinuxError.OK, files[to].FileSystem.CopyFileRange(files[from], source + at, files[to], target + at, length - at, out long copied));
                Assert.True(copied > 0);
                at += (int)copied;
            }

            plain[from].AsSpan(source, length).ToArray().CopyTo(plain[to], target);
            for (int i = 0; i < 2; i++)
                Assert.Equal(plain[i], BackingFileSystem.Read(files[i], 0, long.MaxValue));
        }
    }

    [Fact]
    public void A_copied_range_ends_where_the_space_does()
    {
        var disk = new Disk(SimulatedFileSystemKind.Ext4, blocks: 5);
        BackingInode data = disk.MakeFile("data", [.. Enumerable.Repeat((byte)7, 2 * Page)]), copy = disk.MakeFile("copy"), sparse = disk.MakeFile("sparse");
        disk.FileSystem.SetSize(sparse, 20 * Page, always: false);
        Assert.Equal(LinuxError.OK, disk.FileSystem.CopyFileRange(data, 0, copy, Page, 2 * Page, out long copied));
        Assert.Equal((2L * Page, 3L * Page, 1L), (copied, copy.Size, disk.FileSystem.FreeBlocks));
        Assert.Equal(LinuxError.OK, disk.FileSystem.CopyFileRange(sparse, 0, copy, 2 * Page, 8 * Page, out copied));
        Assert.Equal((2L * Page, 4L * Page, 0L), (copied, copy.Size, disk.FileSystem.FreeBlocks));
        Assert.Equal(LinuxError.ENOSPC, disk.FileSystem.CopyFileRange(sparse, 0, copy, 4 * Page, 8 * Page, out copied));
        Assert.Equal((0L, 4L * Page), (copied, copy.Size));
        Assert.Equal(LinuxError.EFBIG, disk.FileSystem.CopyFileRange(data, 0, copy, disk.FileSystem.MaximumFileSize, 1, out _));
    }
}
