using Overlay2.Storage.Kernel;
using Overlay2.Storage.Simulation;
using Overlay2.Storage.Simulation.Backing;

namespace Overlay2.Storage.Tests.Simulation.Backing;

/// <summary>Names, link counts and the identity of objects, by the rules of every file system.</summary>
public sealed class BackingNameTests
{
    public static TheoryData<SimulatedFileSystemKind> Kinds => Disk.Kinds;

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_number_stands_for_one_object_and_is_never_given_twice(SimulatedFileSystemKind kind)
    {
        var disk = new Disk(kind);
        HashSet<ulong> numbers = [disk.Root.Number];
        for (int i = 0; i < 50; i++)
        {
            BackingInode file = disk.MakeFile("f");
            Assert.True(numbers.Add(file.Number));
            Assert.Same(file, disk.FileSystem.FindInode(file.Number));
            disk.FileSystem.Remove(disk.Root, Disk.Name("f"));
            Assert.Null(disk.FileSystem.FindInode(file.Number));
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_directory_counts_itself_its_name_and_each_directory_in_it(SimulatedFileSystemKind kind)
    {
        var disk = new Disk(kind);
        BackingInode directory = disk.MakeDirectory("d");
        disk.MakeDirectory("e", directory);
        disk.MakeDirectory("f", directory);
        disk.FileSystem.Create(directory, Disk.Name("file"), new NewObject { Type = FileType.Regular });
        Assert.Equal((3, 4), (disk.Root.LinkCount, directory.LinkCount));

        Assert.Equal(LinuxError.ENOTEMPTY, disk.FileSystem.Remove(disk.Root, Disk.Name("d")));
        Assert.Equal(LinuxError.OK, disk.FileSystem.Remove(directory, Disk.Name("f")));
        disk.FileSystem.Remove(directory, Disk.Name("file"));
        Assert.Equal(LinuxError.OK, disk.FileSystem.Rename(directory, Disk.Name("e"), disk.Root, Disk.Name("e"), whiteout: false));
        Assert.Equal(LinuxError.OK, disk.FileSystem.Remove(disk.Root, Disk.Name("d")));
        Assert.Equal((3, 0), (disk.Root.LinkCount, directory.LinkCount));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_file_lives_while_it_has_a_name_or_somebody_holds_it(SimulatedFileSystemKind kind)
    {
        var disk = new Disk(kind, blocks: 10);
        BackingInode file = disk.MakeFile("a", new byte[5000]);
        disk.FileSystem.Link(file, disk.Root, Disk.Name("b"));
        Assert.Equal((2, 8L), (file.LinkCount, disk.FileSystem.FreeBlocks));
        disk.FileSystem.Remove(disk.Root, Disk.Name("a"));
        BackingFileSystem.Pin(file);
        disk.FileSystem.Remove(disk.Root, Disk.Name("b"));
        Assert.Equal((0, 8L), (file.LinkCount, disk.FileSystem.FreeBlocks));
        Assert.Equal(5000, BackingFileSystem.Read(file, 0, 9000).Length);
        BackingFileSystem.Unpin(file);
        Assert.Equal(10, disk.FileSystem.FreeBlocks);
        Assert.Null(disk.FileSystem.FindInode(file.Number));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Rename_replaces_what_is_there_and_keeps_the_object(SimulatedFileSystemKind kind)
    {
        var disk = new Disk(kind, blocks: 10);
        BackingInode first = disk.MakeFile("a", 1), second = disk.MakeFile("b", 2);
        Assert.Equal(LinuxError.OK, disk.FileSystem.Rename(disk.Root, Disk.Name("a"), disk.Root, Disk.Name("b"), whiteout: false));
        Assert.Same(first, disk.Root.Children!.Values.Single());
        Assert.Equal((1, 0, 9L), (first.LinkCount, second.LinkCount, disk.FileSystem.FreeBlocks));

        disk.FileSystem.Link(first, disk.Root, Disk.Name("c"));
        Assert.Equal(LinuxError.OK, disk.FileSystem.Rename(disk.Root, Disk.Name("b"), disk.Root, Disk.Name("c"), whiteout: false));
        Assert.Equal(2, disk.Root.Children.Count); // two names of one object: nothing happens
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_renamed_name_can_leave_a_whiteout(SimulatedFileSystemKind kind)
    {
        var disk = new Disk(kind);
        BackingInode file = disk.MakeFile("a");
        disk.FileSystem.Rename(disk.Root, Disk.Name("a"), disk.Root, Disk.Name("b"), whiteout: true);
        Assert.True(disk.Root.Children!.TryGetValue(Disk.Name("a"), out BackingInode? left));
        Assert.True(left.IsWhiteout);
        Assert.NotEqual(file.Number, left.Number);
    }

    [Theory]
    [InlineData(SimulatedFileSystemKind.Ext4, LinuxError.ENOTEMPTY)]
    [InlineData(SimulatedFileSystemKind.Tmpfs, LinuxError.ENOTEMPTY)]
    [InlineData(SimulatedFileSystemKind.Xfs, LinuxError.EEXIST)]
    public void A_directory_with_entries_is_not_replaced(SimulatedFileSystemKind kind, LinuxError expected)
    {
        var disk = new Disk(kind);
        BackingInode full = disk.MakeDirectory("full");
        disk.MakeDirectory("inner", full);
        disk.MakeDirectory("d");
        Assert.Equal(expected, disk.FileSystem.Rename(disk.Root, Disk.Name("d"), disk.Root, Disk.Name("full"), whiteout: false));
        Assert.Equal(2, disk.Root.Children!.Count);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Exchange_swaps_a_directory_and_a_file_between_parents(SimulatedFileSystemKind kind)
    {
        var disk = new Disk(kind);
        BackingInode outer = disk.MakeDirectory("outer"), inner = disk.MakeDirectory("inner", outer), file = disk.MakeFile("f");
        disk.FileSystem.Exchange(disk.Root, Disk.Name("f"), outer, Disk.Name("inner"));
        Assert.True(disk.Root.Children!.TryGetValue(Disk.Name("f"), out BackingInode? atRoot) && atRoot == inner);
        Assert.True(outer.Children!.TryGetValue(Disk.Name("inner"), out BackingInode? below) && below == file);
        Assert.Equal((4, 2), (disk.Root.LinkCount, outer.LinkCount));
        Assert.Same(disk.Root, inner.Parent);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void What_is_made_takes_group_bit_and_flags_from_its_directory(SimulatedFileSystemKind kind)
    {
        var disk = new Disk(kind);
        BackingInode directory = disk.MakeDirectory("d");
        disk.FileSystem.SetOwner(directory, null, 50);
        disk.FileSystem.SetMode(directory, Convert.ToInt32("2775", 8));
        disk.FileSystem.SetFlags(directory, FileAttributeFlags.NoDump | FileAttributeFlags.Append);
        BackingInode below = disk.MakeDirectory("e", directory);
        BackingInode file = disk.FileSystem.Create(directory, Disk.Name("f"), new NewObject { Type = FileType.Regular, Mode = 0x1B6, Umask = 0x12, Uid = 7, Gid = 7 });
        Assert.Equal((50u, 50u, 7u), (below.Gid, file.Gid, file.Uid));
        Assert.Equal("2755", Convert.ToString(below.Mode, 8));
        Assert.Equal("644", Convert.ToString(file.Mode, 8));
        Assert.Equal(FileAttributeFlags.NoDump, file.Flags);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Names_change_the_times_of_their_directory_and_the_change_time_of_the_object(SimulatedFileSystemKind kind)
    {
        var disk = new Disk(kind);
        BackingInode file = disk.MakeFile("a");
        long made = disk.Now;
        disk.Tick();
        disk.FileSystem.Link(file, disk.Root, Disk.Name("b"));
        Assert.Equal((disk.Now, disk.Now, made), (disk.Root.ModificationTime, file.ChangeTime, file.ModificationTime));
        disk.Tick();
        disk.FileSystem.Remove(disk.Root, Disk.Name("b"));
        Assert.Equal((disk.Now, disk.Now), (disk.Root.ModificationTime, file.ChangeTime));
        disk.Tick();
        disk.FileSystem.Rename(disk.Root, Disk.Name("a"), disk.Root, Disk.Name("c"), whiteout: false);
        Assert.Equal((disk.Now, made), (file.ChangeTime, file.ModificationTime));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Undo_gives_back_names_counts_data_and_space(SimulatedFileSystemKind kind)
    {
        var disk = new Disk(kind, blocks: 100);
        BackingInode file = disk.MakeFile("a", new byte[9000]), directory = disk.MakeDirectory("d");
        long free = disk.FileSystem.FreeBlocks;
        int mark = disk.Journal.Mark();
        disk.FileSystem.Write(file, 4000, new byte[] { 1, 2, 3 }, out _);
        disk.FileSystem.SetSize(file, 10, always: true);
        disk.FileSystem.Link(file, directory, Disk.Name("b"));
        disk.FileSystem.Remove(disk.Root, Disk.Name("a"));
        disk.FileSystem.Remove(directory, Disk.Name("b"));
        disk.MakeFile("new", new byte[50000]);
        disk.FileSystem.SetExtendedAttribute(directory, Disk.Name("user.x"), "v"u8);
        disk.Journal.Undo(mark);

        Assert.Equal(2, disk.Root.Children!.Count);
        Assert.Equal((1, 9000L, free), (file.LinkCount, file.Size, disk.FileSystem.FreeBlocks));
        Assert.All(BackingFileSystem.Read(file, 0, 9000), b => Assert.Equal(0, b));
        Assert.Same(file, disk.FileSystem.FindInode(file.Number));
        Assert.Equal((0, 0), (directory.Children!.Count, directory.ExtendedAttributes.Count));
    }
}
