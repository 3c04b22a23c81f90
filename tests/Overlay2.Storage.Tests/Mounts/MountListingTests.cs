using System.Text;
using Overlay2.Storage.Mounts;

namespace Overlay2.Storage.Tests.Mounts;

public sealed class MountListingTests
{
    private static MountListing Parse(string text) => MountListing.Parse(Encoding.Latin1.GetBytes(text));

    [Theory]
    [InlineData("proc on /proc type proc (rw,nosuid)", "proc|/proc|proc|rw,nosuid|", false)]
    [InlineData("/dev/vda on / type ext4 (rw,discard) [root disk]", "/dev/vda|/|ext4|rw,discard|root disk", false)]
    [InlineData(" on /mnt type tmpfs (rw)", "|/mnt|tmpfs|rw|", false)]
    [InlineData("src sp ace on /tmp/sp ace type fuse.x (ro,a b)", "src sp ace|/tmp/sp ace|fuse.x|ro,a b|", false)]
    [InlineData("a on b on /mnt/c on d type tmpfs (rw)", "a on b|/mnt/c on d|tmpfs|rw|", false)]
    [InlineData("a on /b on /c type tmpfs (rw)", "a|/b on /c|tmpfs|rw|", true)]
    [InlineData("s on /m type x (1) type tmpfs (rw,relatime)", "s|/m type x (1)|tmpfs|rw,relatime|", false)]
    [InlineData("s on /m type d (rw) type tmpfs (rw,relatime)", "s|/m type d (rw)|tmpfs|rw,relatime|", true)]
    [InlineData("s on /m type type type type (rw)", "s|/m type type|type|rw|", false)]
    [InlineData("s on /m type t (x)", "s|/m|t|x|", false)]
    [InlineData("s on /m type t (rw) [a] [b]", "s|/m|t|rw|a] [b", false)]
    [InlineData("s on /m type t (rw,x=(y) [z) [b]", "s|/m|t|rw,x=(y) [z|b", true)]
    [InlineData("type x (rw) on /m type t (rw)", "type x (rw)|/m|t|rw|", false)]
    [InlineData("ov on /m type overlay (rw,lowerdir=l on /x:l type y,upperdir=u)", "ov|/m|overlay|rw,lowerdir=l on /x:l type y,upperdir=u|", false)]
    [InlineData("s on /caf\xe9 type t (rw)", "s|/caf\\351|t|rw|", false)]
    public void A_line_is_taken_apart_and_says_whether_it_could_be_read_otherwise(string line, string expected, bool ambiguous)
    {
        MountListing listing = Parse(line);

        MountListingEntry entry = Assert.Single(listing.Entries);
        Assert.Empty(listing.BadLines);
        Assert.Equal(expected, $"{entry.Source}|{entry.MountPoint}|{entry.FileSystemType}|{entry.Options}|{entry.Label}");
        Assert.Equal(ambiguous, entry.IsAmbiguous);
    }

    [Theory]
    [InlineData("junk", MountListingErrorReason.NoOptions)]
    [InlineData("a on /b type c", MountListingErrorReason.NoOptions)]
    [InlineData("a on /b type c (rw) x]", MountListingErrorReason.NoOptions)]
    [InlineData("a on b type c (rw)", MountListingErrorReason.NoMountPoint)]
    [InlineData("a on /b (rw)", MountListingErrorReason.NoType)]
    [InlineData("a on /b type (rw)", MountListingErrorReason.NoType)]
    [InlineData("a on /b type  (rw)", MountListingErrorReason.NoType)]
    [InlineData(")", MountListingErrorReason.NoMountPoint)]
    [InlineData("]", MountListingErrorReason.NoOptions)]
    public void A_line_of_something_else_is_listed_with_its_place(string line, MountListingErrorReason reason)
    {
        MountListing listing = Parse("a on /a type t (rw)\n\n" + line + "\nb on /b type t (rw)\n");

        Assert.Equal(2, listing.Entries.Length);
        Assert.Equal(new MountListingError(3, 21, reason), Assert.Single(listing.BadLines));
        Assert.Equal(1, listing.BadLineCount);
        Assert.Equal(4, listing.Entries[1].LineNumber);
        Assert.StartsWith("mount listing line 3, byte 21: ", listing.BadLines[0].ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_later_line_on_the_same_directory_or_one_above_is_suspected_to_hide()
    {
        MountListing listing = Parse(string.Concat(
            ((string[])["/", "/a/b", "/a", "/ab", "/a/b", "/a/b", "/c"]).Select(point => $"s on {point} type t (rw)\n")));

        Assert.Equal([null, 6, null, null, 6, null, null], SuspectedLines(listing));
    }

    [Fact]
    public void Only_the_first_of_two_roots_is_suspected_to_be_hidden_by_a_root()
    {
        MountListing listing = Parse("rootfs on / type rootfs (rw)\np on /proc type proc (rw)\nd on / type ext4 (rw)\n");

        Assert.Equal([3, null, null], SuspectedLines(listing));
    }

    [Fact]
    public void A_question_mark_makes_a_mount_point_uncertain()
    {
        MountListing listing = Parse("s? on /a?b type t (rw)\ns? on /ab type t (rw)");

        Assert.Equal([false, true], listing.Entries.Select(entry => entry.IsMountPointExact));
    }

    [Fact]
    public void Names_are_slices_of_the_given_text()
    {
        byte[] text = "a on /b type c (rw) [l]"u8.ToArray();
        MountListingEntry entry = MountListing.Parse((ReadOnlyMemory<byte>)text).Entries[0];
        Assert.True(text.AsSpan().Overlaps(entry.MountPoint.Span) && text.AsSpan().Overlaps(entry.Label.Span));
    }

    [Fact]
    public void Junk_is_counted_and_not_kept()
    {
        MountListing listing = Parse(string.Concat(Enumerable.Repeat("x\n", 5000)));
        Assert.Equal(5000, listing.BadLineCount);
        Assert.Equal(1000, listing.BadLines.Length);
    }

    /// <summary>Hidden and visible as the listing can suspect them: by the highest line number of the later covers.</summary>
    private static IEnumerable<int?> SuspectedLines(MountListing listing) =>
        listing.Entries.Select(entry => entry.SuspectedHiddenBy?.LineNumber);
}
