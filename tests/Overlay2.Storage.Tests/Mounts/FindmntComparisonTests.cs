using System.Text;
using System.Text.Json;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Mounts;

namespace Overlay2.Storage.Tests.Mounts;

/// <summary>Real files, field by field against what findmnt of util-linux 2.38.1 read in them.</summary>
public sealed class FindmntComparisonTests
{
    private static readonly string s_folder = Repository.Data("mountinfo");

    public static TheoryData<string> Files()
    {
        var files = new TheoryData<string>();
        foreach (string file in Directory.EnumerateFiles(s_folder, "*.mountinfo").Order(StringComparer.Ordinal))
            files.Add(Path.GetFileNameWithoutExtension(file));
        return files;
    }

    [Fact]
    public void There_are_files() => Assert.True(Files().Count >= 30);

    [Theory]
    [MemberData(nameof(Files))]
    public void Every_field_is_that_of_findmnt(string name)
    {
        MountTable table = MountTable.Parse(File.ReadAllBytes(Path.Combine(s_folder, name + ".mountinfo")));

        // Latin-1 carries the bytes that are not UTF-8 through the JSON parser.
        using var json = JsonDocument.Parse(File.ReadAllText(Path.Combine(s_folder, name + ".findmnt.json"), Encoding.Latin1));
        JsonElement[] expected = [.. json.RootElement.GetProperty("filesystems").EnumerateArray()];

        Assert.Equal(expected.Length, table.Entries.Length);
        for (int i = 0; i < expected.Length; i++)
        {
            MountEntry entry = table.Entries[i];
            JsonElement mount = expected[i];
            Assert.Equal(mount.GetProperty("id").GetInt32(), entry.MountId);
            Assert.Equal(mount.GetProperty("parent").GetInt32(), entry.ParentId);
            Assert.Equal(Text(mount, "maj:min").Trim(), $"{entry.Major}:{entry.Minor}");
            Assert.Equal(Text(mount, "fsroot"), Latin1(entry.Root.Span));
            Assert.Equal(Text(mount, "target"), Latin1(entry.MountPoint.Span));
            Assert.Equal(Text(mount, "vfs-options"), Latin1(entry.Options.Span));
            Assert.Equal(Text(mount, "opt-fields"), string.Join(' ', entry.OptionalFields.Select(field => Latin1(field.Span))));
            Assert.Equal(Text(mount, "fstype"), Latin1(entry.FileSystemType.Span));
            Assert.Equal(Text(mount, "source"), Latin1(entry.Source.Span) + RootInBrackets(entry));

            // findmnt drops a carriage return before the newline; for the kernel it is a byte like others.
            Assert.Equal(Text(mount, "fs-options"), Latin1(OctalEscape.Unescape(entry.SuperOptions.Span)).TrimEnd('\r'));
        }
    }

    private static string RootInBrackets(MountEntry entry) =>
        entry.Root == BytePath.Root ? "" : $"[{Latin1(entry.Root.Span)}]";

    private static string Text(JsonElement mount, string name) => mount.GetProperty(name).GetString() ?? "";

    private static string Latin1(ReadOnlySpan<byte> bytes) => Encoding.Latin1.GetString(bytes);
}
