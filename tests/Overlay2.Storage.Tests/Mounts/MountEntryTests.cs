using Overlay2.Storage.Bytes;
using Overlay2.Storage.Mounts;

namespace Overlay2.Storage.Tests.Mounts;

public sealed class MountEntryTests
{
    private static MountEntry Parse(string line) => Assert.Single(MountTable.Parse(Bytes(line)).Entries);

    private static byte[] Bytes(string text) => System.Text.Encoding.Latin1.GetBytes(text);

    [Fact]
    public void Every_field_is_decoded_once_and_options_stay_raw()
    {
        MountEntry entry = Parse(@"36 35 98:1048575 /a\040b /m\134040\377 rw,nosuid shared:1 master:2 x:y - fuse.a\043b so\040urce rw,path=C:\134a b");

        Assert.Equal(36, entry.MountId);
        Assert.Equal(35, entry.ParentId);
        Assert.Equal(98, entry.Major);
        Assert.Equal(1048575, entry.Minor);
        Assert.Equal(Bytes("/a b"), entry.Root.Span);
        Assert.Equal(Bytes(@"/m\040" + "\xff"), entry.MountPoint.Span);
        Assert.Equal(Bytes("rw,nosuid"), entry.Options.Span);
        Assert.Equal("shared:1|master:2|x:y", string.Join('|', entry.OptionalFields));
        Assert.Equal(Bytes("fuse.a#b"), entry.FileSystemType.Span);
        Assert.Equal(Bytes("so urce"), entry.Source.Span);
        Assert.Equal(Bytes(@"rw,path=C:\134a b"), entry.SuperOptions.Span);
    }

    [Fact]
    public void An_empty_source_is_empty() => Assert.True(Parse("1 0 0:1 / / rw - tmpfs  rw").Source.IsEmpty);

    [Fact]
    public void Fields_without_escapes_are_slices_of_the_given_text()
    {
        byte[] text = Bytes("1 0 0:1 / /mnt rw shared:1 - tmpfs none rw,size=1k");
        MountEntry entry = Assert.Single(MountTable.Parse((ReadOnlyMemory<byte>)text).Entries);

        foreach (ByteString field in (ByteString[])[entry.MountPoint.Bytes, entry.Options, entry.OptionalFields[0], entry.FileSystemType, entry.Source, entry.SuperOptions])
            Assert.True(text.AsSpan().Overlaps(field.Span));
    }

    [Fact]
    public void A_table_of_a_span_does_not_see_later_changes()
    {
        byte[] text = Bytes("1 0 0:1 / /mnt rw - tmpfs none rw");
        MountTable table = MountTable.Parse(text.AsSpan());
        Array.Fill(text, (byte)'x');
        Assert.Equal("/mnt", table.Entries[0].MountPoint.ToString());
    }

    [Theory]
    [InlineData("", null, null, null, false)]
    [InlineData("shared:7", 7, null, null, false)]
    [InlineData("master:3 propagate_from:2", null, 3, 2, false)]
    [InlineData("shared:5 master:3", 5, 3, null, false)]
    [InlineData("unbindable", null, null, null, true)]
    [InlineData("new:9 shared:5 newer", 5, null, null, false)]
    [InlineData("shared:x master: propagate_from:99999999999 unbindable:1", null, null, null, false)]
    public void Propagation_is_read_from_the_optional_fields(string fields, int? shared, int? master, int? from, bool unbindable)
    {
        MountEntry entry = Parse($"1 0 0:1 / / rw {fields}{(fields.Length > 0 ? " " : "")}- tmpfs none rw");

        Assert.Equal(new MountPropagation(shared, master, from, unbindable), entry.Propagation);
        Assert.Equal(shared is null && master is null, entry.Propagation.IsPrivate);
        Assert.Equal(fields, string.Join(' ', entry.OptionalFields));
    }

    [Theory]
    [InlineData("/x//deleted", "/x", true)]
    [InlineData("/x/deleted", "/x/deleted", false)]
    [InlineData("//deleted", "/", true)]
    [InlineData("/deleted", "/deleted", false)]
    [InlineData("net:[4026532569]", "net:[4026532569]", false)]
    public void A_removed_root_is_told_by_its_suffix(string root, string path, bool deleted)
    {
        MountEntry entry = Parse($"1 0 0:1 {root} / rw - tmpfs none rw");

        Assert.Equal(deleted, entry.IsRootDeleted);
        Assert.Equal(root, entry.Root.ToString());
        Assert.Equal(path, entry.GetRootPath().ToString());
    }

    [Fact]
    public void Asking_for_propagation_allocates_nothing()
    {
        MountEntry entry = Parse("1 0 0:1 / / rw shared:5 master:3 - tmpfs none rw");
        int sum = 0;
        Allocation.AssertNone(() => sum += entry.Propagation.SharedPeerGroup!.Value);
        Assert.Equal(20, sum);
    }
}
