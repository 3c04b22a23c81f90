using System.Text;
using System.Text.Json;

namespace Overlay2.Storage.Tests.Cli;

/// <summary><c>overlay2 mounts --json</c> against the raw lines, read here in the plainest way.</summary>
public sealed class MountsJsonTests
{
    /// <summary>Latin-1 keeps every byte; the tool writes bytes that are not UTF-8 as U+DC80 + (byte − 0x80).</summary>
    private static string Text(ReadOnlySpan<char> latin1)
    {
        byte[] bytes = Encoding.Latin1.GetBytes(latin1.ToString());
        var text = new StringBuilder();
        for (int i = 0; i < bytes.Length;)
        {
            if (Rune.DecodeFromUtf8(bytes.AsSpan(i), out Rune rune, out int length) == System.Buffers.OperationStatus.Done)
                text.Append(rune);
            else
                bytes.AsSpan(i, length).ToArray().ToList().ForEach(value => text.Append((char)(0xdc00 + value)));
            i += length;
        }

        return text.ToString();
    }

    private static string Octal(string field) => System.Text.RegularExpressions.Regex.Replace(
        field, @"\\([0-3][0-7][0-7])", match => ((char)Convert.ToInt32(match.Groups[1].Value, 8)).ToString());

    public static TheoryData<string> Files() =>
        [.. Directory.GetFiles(Repository.Data("mountinfo"), "*.mountinfo").Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Files))]
    public void Every_field_of_a_recorded_file_is_that_of_the_raw_line(string file)
    {
        string path = Repository.Data("mountinfo", file);
        string[] lines = Encoding.Latin1.GetString(File.ReadAllBytes(path)).Split('\n', StringSplitOptions.RemoveEmptyEntries);

        ToolRun run = Tool.Run("mounts", "--json", "--mountinfo", path);

        Assert.Equal(0, run.ExitCode);
        using JsonDocument json = JsonDocument.Parse(Encoding.UTF8.GetBytes(run.Output));
        Assert.Equal(1, json.RootElement.GetProperty("formatVersion").GetInt32());
        JsonElement[] mounts = [.. json.RootElement.GetProperty("mounts").EnumerateArray()];
        Assert.Equal(lines.Length, mounts.Length);
        foreach ((string line, JsonElement mount) in lines.Zip(mounts))
        {
            string[] fields = line.Split(' ');
            int dash = Array.IndexOf(fields, "-", 6);
            Assert.Equal(fields[0], mount.GetProperty("id").GetRawText());
            Assert.Equal(fields[1], mount.GetProperty("parent").GetRawText());
            Assert.Equal(fields[2], $"{mount.GetProperty("major").GetRawText()}:{mount.GetProperty("minor").GetRawText()}");
            Assert.Equal(Text(Octal(fields[3])), String(mount, "root"));
            Assert.Equal(Text(Octal(fields[4])), String(mount, "mountPoint"));
            Assert.Equal(Text(fields[5]), String(mount, "options"));
            Assert.Equal(fields[6..dash], mount.GetProperty("optionalFields").EnumerateArray().Select(field => field.GetString()!));
            Assert.Equal(Text(Octal(fields[dash + 1])), String(mount, "type"));
            Assert.Equal(Text(Octal(fields[dash + 2])), String(mount, "source"));
            Assert.Equal(Text(string.Join(' ', fields[(dash + 3)..])), String(mount, "superOptions"));
            Assert.Equal(fields[dash + 1] == "overlay", mount.TryGetProperty("overlay", out _));
        }
    }

    [Fact]
    public void The_layers_of_an_overlay_are_decoded()
    {
        string file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, """
                9 1 0:9 / /m rw - overlay overlay rw,context="a:b,c",lowerdir=lo\134\054w:l\134:w::d1::d2,upperdir=u\134\054p,workdir=w,index=on
                10 1 0:10 / /n ro - overlay overlay ro,lowerdir+=a\054b,lowerdir+=c:d,datadir+=e

                """);
            using JsonDocument json = JsonDocument.Parse(Tool.Run("mounts", "--json", "--mountinfo", file).Output);
            JsonElement[] overlays = [.. json.RootElement.GetProperty("mounts").EnumerateArray().Select(mount => mount.GetProperty("overlay"))];

            Assert.Equal("""["lo,w","l:w"]""", overlays[0].GetProperty("lower").ToString().Replace(" ", "", StringComparison.Ordinal).Replace("\n", "", StringComparison.Ordinal));
            Assert.Equal(["d1", "d2"], overlays[0].GetProperty("data").EnumerateArray().Select(layer => layer.GetString()!));
            Assert.Equal("u,p", overlays[0].GetProperty("upper").GetString());
            Assert.Equal("w", overlays[0].GetProperty("work").GetString());
            JsonElement flags = overlays[0].GetProperty("flags");
            Assert.True(flags.GetProperty("rw").GetBoolean());
            Assert.Equal("on", flags.GetProperty("index").GetString());
            Assert.Equal("a:b,c", flags.GetProperty("context").GetString());

            Assert.Equal(["a,b", "c:d"], overlays[1].GetProperty("lower").EnumerateArray().Select(layer => layer.GetString()!));
            Assert.Equal(["e"], overlays[1].GetProperty("data").EnumerateArray().Select(layer => layer.GetString()!));
            Assert.Equal(JsonValueKind.Null, overlays[1].GetProperty("upper").ValueKind);
        }
        finally
        {
            File.Delete(file);
        }
    }

    /// <summary>The text of a member, with lone surrogates, which <see cref="JsonElement.GetString"/> refuses.</summary>
    private static string String(JsonElement mount, string name)
    {
        string raw = mount.GetProperty(name).GetRawText();
        return System.Text.RegularExpressions.Regex.Replace(
            raw[1..^1], @"\\(u([0-9a-fA-F]{4})|.)", match => match.Groups[2].Success
                ? ((char)Convert.ToInt32(match.Groups[2].Value, 16)).ToString()
                : match.Groups[1].Value switch { "n" => "\n", "t" => "\t", "r" => "\r", "b" => "\b", "f" => "\f", var other => other });
    }
}
