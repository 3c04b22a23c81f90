using Overlay2.Storage.Kernel;
using Overlay2.Storage.Simulation;
using Overlay2.Storage.Simulation.Backing;

namespace Overlay2.Storage.Tests.Simulation.Backing;

/// <summary>Extended attributes, access control lists and file flags.</summary>
public sealed class BackingAttributeTests
{
    public static TheoryData<SimulatedFileSystemKind> Kinds => Disk.Kinds;

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Attributes_are_made_replaced_and_removed_as_asked(SimulatedFileSystemKind kind)
    {
        var disk = new Disk(kind);
        BackingInode file = disk.MakeFile("f");
        LinuxError Set(bool create, bool replace) => disk.FileSystem.SetExtendedAttribute(file, Disk.Name("trusted.x"), "v"u8, create, replace);
        Assert.Equal(LinuxError.ENODATA, Set(create: false, replace: true));
        Assert.Equal(LinuxError.OK, Set(create: true, replace: false));
        Assert.Equal(LinuxError.EEXIST, Set(create: true, replace: false));
        Assert.Equal(LinuxError.OK, BackingFileSystem.GetExtendedAttribute(file, Disk.Name("trusted.x"), out byte[] value));
        Assert.Equal("v"u8, value);
        Assert.Equal(LinuxError.OK, disk.FileSystem.RemoveExtendedAttribute(file, Disk.Name("trusted.x")));
        Assert.Equal(LinuxError.ENODATA, disk.FileSystem.RemoveExtendedAttribute(file, Disk.Name("trusted.x")));
        Assert.Equal(LinuxError.ENODATA, BackingFileSystem.GetExtendedAttribute(file, Disk.Name("trusted.x"), out _));
    }

    [Theory]
    [InlineData("user.x", FileType.Regular, LinuxError.OK)]
    [InlineData("user.x", FileType.Directory, LinuxError.OK)]
    [InlineData("user.x", FileType.SymbolicLink, LinuxError.EPERM)]
    [InlineData("user.x", FileType.Fifo, LinuxError.EPERM)]
    [InlineData("trusted.x", FileType.SymbolicLink, LinuxError.OK)]
    [InlineData("security.x", FileType.Fifo, LinuxError.OK)]
    [InlineData("user.", FileType.Regular, LinuxError.EINVAL)]
    [InlineData("trusted.", FileType.Regular, LinuxError.EINVAL)]
    [InlineData("user", FileType.Regular, LinuxError.ENOTSUP)]
    [InlineData("other.x", FileType.Regular, LinuxError.ENOTSUP)]
    public void A_name_space_has_its_objects(string name, FileType type, LinuxError expected)
    {
        foreach (SimulatedFileSystemKind kind in Enum.GetValues<SimulatedFileSystemKind>())
        {
            var disk = new Disk(kind);
            BackingInode inode = disk.FileSystem.Create(disk.Root, Disk.Name("o"), new NewObject { Type = type, LinkTarget = Disk.Name("t") });
            Assert.Equal(expected, disk.FileSystem.SetExtendedAttribute(inode, Disk.Name(name), []));
        }
    }

    [Theory]
    [InlineData(SimulatedFileSystemKind.Ext4, 4016, 4050)]
    [InlineData(SimulatedFileSystemKind.Xfs, 65536, 0)]
    public void Ext4_holds_what_fits_into_a_block(SimulatedFileSystemKind kind, int fits, int tooMuch)
    {
        var disk = new Disk(kind);
        BackingInode file = disk.MakeFile("f");
        Assert.Equal(LinuxError.OK, disk.FileSystem.SetExtendedAttribute(file, Disk.Name("user.v"), new byte[fits]));
        if (tooMuch > 0)
            Assert.Equal(LinuxError.ENOSPC, disk.FileSystem.SetExtendedAttribute(file, Disk.Name("user.v"), new byte[tooMuch]));
    }

    [Fact]
    public void Ext4_fills_the_inode_first_and_then_one_block()
    {
        var disk = new Disk(SimulatedFileSystemKind.Ext4);
        BackingInode file = disk.MakeFile("f");
        LinuxError Set(string name, int length) => disk.FileSystem.SetExtendedAttribute(file, Disk.Name(name), new byte[length]);
        Assert.Equal(LinuxError.OK, Set("user.a", 68));   // 16 + 4 + 68: all that the inode has
        Assert.Equal(LinuxError.OK, Set("user.b", 4000)); // in the block, which has 40 bytes left
        Assert.Equal(LinuxError.ENOSPC, Set("user.c", 21));
        Assert.Equal(LinuxError.OK, Set("user.c", 20));
        Assert.Equal(LinuxError.ENOSPC, Set("user.a", 69)); // does not fit the inode any more, nor the block
        Assert.Equal(LinuxError.OK, disk.FileSystem.RemoveExtendedAttribute(file, Disk.Name("user.c")));
        Assert.Equal(LinuxError.ENOSPC, Set("user.a", 69));
        Assert.Equal(LinuxError.OK, Set("user.b", 3900));
        Assert.Equal(LinuxError.OK, Set("user.a", 69));   // has moved to the block
        Assert.Equal(LinuxError.OK, Set("user.d", 68));
    }

    [Fact]
    public void Ext4_does_not_move_an_attribute_that_keeps_its_value()
    {
        var disk = new Disk(SimulatedFileSystemKind.Ext4);
        BackingInode file = disk.MakeFile("f");
        Assert.Equal(LinuxError.OK, Set("user.inode", 56));
        Assert.Equal(LinuxError.OK, Set("user.block", 4000));
        Assert.Equal(LinuxError.OK, Set("user.more", 0));
        Assert.Equal(LinuxError.OK, disk.FileSystem.RemoveExtendedAttribute(file, Disk.Name("user.inode")));
        Assert.Equal(LinuxError.OK, Set("user.more", 0));
        Assert.Equal(LinuxError.ENOSPC, Set("user.block", 4036));
        Assert.Equal(LinuxError.OK, Set("user.more", 1));
        Assert.Equal(LinuxError.OK, Set("user.block", 4036));

        LinuxError Set(string name, int length) => disk.FileSystem.SetExtendedAttribute(file, Disk.Name(name), new byte[length]);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void An_access_list_and_the_mode_follow_each_other(SimulatedFileSystemKind kind)
    {
        var disk = new Disk(kind);
        BackingInode file = disk.MakeFile("f");
        byte[] list = Acl((1, 7, 0), (2, 6, 1000), (4, 5, 0), (0x10, 6, 0), (0x20, 1, 0));
        Assert.Equal(LinuxError.OK, disk.FileSystem.SetAcl(file, PosixAcl.AccessName, list));
        Assert.Equal("761", Convert.ToString(file.Mode, 8)); // the group bits are the mask
        disk.FileSystem.SetMode(file, Convert.ToInt32("640", 8));
        Assert.Equal(LinuxError.OK, BackingFileSystem.GetExtendedAttribute(file, PosixAcl.AccessName, out byte[] now));
        Assert.Equal(Acl((1, 6, 0), (2, 6, 1000), (4, 5, 0), (0x10, 4, 0), (0x20, 0, 0)), now);

        Assert.Equal(LinuxError.OK, disk.FileSystem.SetAcl(file, PosixAcl.AccessName, Acl((1, 6, 0), (4, 6, 0), (0x20, 6, 0))));
        Assert.Equal("666", Convert.ToString(file.Mode, 8)); // says no more than the mode: nothing is stored
        Assert.Equal(0, file.ExtendedAttributes.Count);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_default_list_belongs_to_directories_and_goes_to_what_is_made_in_them(SimulatedFileSystemKind kind)
    {
        var disk = new Disk(kind);
        byte[] list = Acl((1, 7, 0), (2, 6, 1000), (4, 5, 0), (0x10, 7, 0), (0x20, 4, 0));
        Assert.Equal(LinuxError.EACCES, disk.FileSystem.SetAcl(disk.MakeFile("f"), PosixAcl.DefaultName, list));
        BackingInode directory = disk.MakeDirectory("d");
        Assert.Equal(LinuxError.OK, disk.FileSystem.SetAcl(directory, PosixAcl.DefaultName, list));
        var request = new NewObject { Type = FileType.Regular, Mode = Convert.ToInt32("660", 8), Umask = Convert.ToInt32("077", 8) };
        BackingInode file = disk.FileSystem.Create(directory, Disk.Name("g"), request);
        Assert.Equal("660", Convert.ToString(file.Mode, 8)); // the umask does not count
        Assert.Equal(LinuxError.OK, BackingFileSystem.GetExtendedAttribute(file, PosixAcl.AccessName, out byte[] inherited));
        Assert.Equal(Acl((1, 6, 0), (2, 6, 1000), (4, 5, 0), (0x10, 6, 0), (0x20, 0, 0)), inherited);
        BackingInode below = disk.MakeDirectory("e", directory);
        Assert.True(below.ExtendedAttributes.TryGetValue(PosixAcl.DefaultName, out byte[]? passed));
        Assert.Equal(list, passed);
    }

    [Theory]
    [InlineData(1000u, 5u, 2, true)]  // named user, within the mask
    [InlineData(1000u, 5u, 1, false)]
    [InlineData(7u, 50u, 4, true)]    // owning group
    [InlineData(7u, 50u, 2, false)]
    [InlineData(7u, 7u, 1, true)]     // everybody else
    [InlineData(7u, 7u, 4, false)]
    public void A_list_permits_by_the_first_entry_that_fits(uint user, uint group, int wanted, bool expected)
    {
        byte[] list = Acl((1, 7, 0), (2, 7, 1000), (4, 5, 0), (0x10, 6, 0), (0x20, 1, 0));
        Assert.Equal(expected, PosixAcl.Permits(list, new Credentials(user, group, false), ownerGroup: 50, wanted));
    }

    [Theory]
    [InlineData("")]
    [InlineData("02")]
    [InlineData("03000000")]
    [InlineData("0200000001000700ffffffff")]                                 // no group, no other
    [InlineData("0200000001000700ffffffff04000500ffffffff20000900ffffffff")] // permission 9
    [InlineData("0200000001000700ffffffff02000600e803000004000500ffffffff20000500ffffffff")] // a named user without a mask
    public void Damaged_lists_are_told_apart(string hex) => Assert.False(PosixAcl.IsValid(Convert.FromHexString(hex)));

    [Fact]
    public void Xfs_shows_a_list_in_its_own_form_too()
    {
        var disk = new Disk(SimulatedFileSystemKind.Xfs);
        BackingInode file = disk.MakeFile("f");
        disk.FileSystem.SetAcl(file, PosixAcl.AccessName, Acl((1, 7, 0), (2, 6, 1000), (4, 5, 0), (0x10, 6, 0), (0x20, 1, 0)));
        Assert.Equal(["system.posix_acl_access", "trusted.SGI_ACL_FILE"], disk.FileSystem.ShownAttributes(file).Select(a => a.Key.ToString()).Order());
        Assert.Equal(LinuxError.OK, BackingFileSystem.GetExtendedAttribute(file, Disk.Name("trusted.SGI_ACL_FILE"), out byte[] value));
        Assert.Equal(4 + (5 * 12), value.Length);
    }

    private static byte[] Acl(params (int Tag, int Permission, uint Id)[] entries) =>
        [2, 0, 0, 0, .. entries.SelectMany(e => (byte[])[(byte)e.Tag, 0, (byte)e.Permission, 0, .. BitConverter.GetBytes(e.Tag is 2 or 8 ? e.Id : uint.MaxValue)])];
}
