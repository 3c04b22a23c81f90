using System.Buffers;
using System.Text;
using System.Text.Json;
using Overlay2.Storage.Simulation.Scenarios;

namespace Overlay2.Storage.Tests.Simulation.Scenarios;

/// <summary>Scenario files of somebody else: what makes no sense is a typed error that tells the place.</summary>
public sealed class HostileScenarioTests
{
    private const string File = """{"p":"f","t":"reg","u":0,"g":0,"m":"0644","mt":0,"at":0,"size":9,"seed":1}""";

    [Theory]
    [InlineData("""{"p":"a/b","t":"dir","u":0,"g":0,"m":"0755","mt":0,"at":0}""")]
    [InlineData("""{"p":"..","t":"dir","u":0,"g":0,"m":"0755","mt":0,"at":0}""")]
    [InlineData("""{"p":"/etc","t":"dir","u":0,"g":0,"m":"0755","mt":0,"at":0}""")]
    [InlineData("""{"p":"a\u0000b","t":"dir","u":0,"g":0,"m":"0755","mt":0,"at":0}""")]
    [InlineData("""{"p":"\ud800","t":"dir","u":0,"g":0,"m":"0755","mt":0,"at":0}""")]
    [InlineData("""{"p":null,"t":"dir","u":0,"g":0,"m":"0755","mt":0,"at":0}""")]
    [InlineData("""{"p":"a","t":"door","u":0,"g":0,"m":"0755","mt":0,"at":0}""")]
    [InlineData("""{"p":"a","t":null,"u":0,"g":0,"m":"0755","mt":0,"at":0}""")]
    [InlineData("""{"p":"a","t":"dir","u":-1,"g":0,"m":"0755","mt":0,"at":0}""")]
    [InlineData("""{"p":"a","t":"dir","u":0,"g":1e99,"m":"0755","mt":0,"at":0}""")]
    [InlineData("""{"p":"a","t":"dir","u":0,"g":0,"m":"","mt":0,"at":0}""")]
    [InlineData("""{"p":"a","t":"dir","u":0,"g":0,"m":"-1","mt":0,"at":0}""")]
    [InlineData("""{"p":"a","t":"dir","u":0,"g":0,"m":"0899","mt":0,"at":0}""")]
    [InlineData("""{"p":"a","t":"dir","u":0,"g":0,"m":"0755","mt":99999999999999999999,"at":0}""")]
    [InlineData("""{"p":"a","t":"dir","u":0,"g":0,"m":"0755","mt":0,"at":0,"x":{"user.a":"0"}}""")]
    [InlineData("""{"p":"a","t":"dir","u":0,"g":0,"m":"0755","mt":0,"at":0,"x":{"user.a":"zz"}}""")]
    [InlineData("""{"p":"a","t":"dir","u":0,"g":0,"m":"0755","mt":0,"at":0,"x":["user.a"]}""")]
    [InlineData("""{"p":"a","t":"chr","u":0,"g":0,"m":"0644","mt":0,"at":0,"rdev":[]}""")]
    [InlineData("""{"p":"a","t":"chr","u":0,"g":0,"m":"0644","mt":0,"at":0,"rdev":[9999999999,1]}""")]
    [InlineData("""{"p":"a","t":"reg","u":0,"g":0,"m":"0644","mt":0,"at":0,"size":-1,"seed":1}""")]
    [InlineData("""{"p":"a","t":"reg","u":0,"g":0,"m":"0644","mt":0,"at":0,"size":9223372036854775807,"seed":1}""")]
    [InlineData("""{"p":"a","t":"reg","u":0,"g":0,"m":"0644","mt":0,"at":0,"size":9223372036854775807,"nodata":true}""")]
    [InlineData("""{"p":"a","t":"reg","u":0,"g":0,"m":"0644","mt":0,"at":0,"size":9,"seed":1,"hole":[5,9]}""")]
    [InlineData("""{"p":"a","t":"reg","u":0,"g":0,"m":"0644","mt":0,"at":0,"size":9,"seed":1,"hole":[-5,2]}""")]
    [InlineData("""{"p":"a","t":"lnk","u":0,"g":0,"mt":0,"at":0,"to":""}""")]
    [InlineData("""{"p":"a","t":"hardlink","to":"nowhere"}""")]
    [InlineData("""{"p":"a","t":"hardlink","to":""}""")]
    public void A_layer_that_cannot_be_is_refused(string entry) => Refused(Scenario(entry, ""), "layers");

    [Theory]
    [InlineData("""{"op":"fly","a":{}}""")]
    [InlineData("""{"op":null,"a":{}}""")]
    [InlineData("""{"op":"stat","a":{}}""")]
    [InlineData("""{"op":"stat","a":null}""")]
    [InlineData("""{"op":"stat","a":{"path":5}}""")]
    [InlineData("""{"op":"stat","a":{"path":"f","follow":"yes"}}""")]
    [InlineData("""{"op":"stat","as":-1,"a":{"path":"f"}}""")]
    [InlineData("""{"op":"pread","a":{"h":1e30,"off":0,"len":1}}""")]
    [InlineData("""{"op":"pread","a":{"h":1,"off":0,"len":99999999999}}""")]
    [InlineData("""{"op":"pwrite","a":{"h":1,"off":0,"len":99999999999999,"seed":1}}""")]
    [InlineData("""{"op":"pwrite","a":{"h":1,"off":0,"len":-1,"seed":1}}""")]
    [InlineData("""{"op":"rename","a":{"from":"f","path":"g","flags":["SIDEWAYS"]}}""")]
    [InlineData("""{"op":"mknod","a":{"path":"n","type":"chr","mode":420,"rdev":[1]}}""")]
    [InlineData("""{"op":"setxattr","a":{"path":"f","name":"user.a","value":"0g"}}""")]
    [InlineData("""{"op":"truncate","a":{"path":"f","size":9000000000000}}""")]
    public void A_call_that_cannot_be_tells_its_place(string operation) => Refused(Scenario("", operation), "operation 0");

    [Theory]
    [InlineData("""{"op":"decodefh","a":{"fh":7}}""", "EBADF")]
    [InlineData("""{"op":"pread","a":{"h":-5,"off":-1,"len":5}}""", "EBADF")]
    [InlineData("""{"op":"truncate","a":{"path":"f","size":-1}}""", "EINVAL")]
    [InlineData("""{"op":"truncate","a":{"path":"f","size":9223372036854775807}}""", "EFBIG")]
    [InlineData("""{"op":"chmod","a":{"path":"f","mode":-1}}""", "OK")]
    [InlineData("""{"op":"mknod","a":{"path":"n","type":"dir","mode":420}}""", "EPERM")]
    [InlineData("""{"op":"mknod","a":{"path":"n","type":"lnk","mode":420}}""", "EINVAL")]
    [InlineData("""{"op":"utimens","a":{"path":"f","at":-9223372036854775808,"mt":9223372036854775807}}""", "OK")]
    [InlineData("""{"op":"stat","a":{"path":"../../../../f/../f"}}""", "ENOTDIR")]
    [InlineData("""{"op":"stat","a":{"path":"\udcff\udc80"}}""", "ENOENT")]
    [InlineData("""{"op":"setxattr","a":{"path":"f","name":"","value":""}}""", "ERANGE")]
    public void Odd_calls_get_an_error_number(string operation, string expected)
    {
        using JsonDocument answer = JsonDocument.Parse(Answer(Scenario("", operation)));
        Assert.Equal(expected, answer.RootElement.GetProperty("ops")[0].GetProperty("r").GetString());
    }

    [Theory]
    [InlineData("\"fs\":{\"A\":\"ext4\"}", "\"fs\":{\"AB\":\"ext4\"}")]
    [InlineData("\"fs\":{\"A\":\"ext4\"}", "\"fs\":{\"A\":null}")]
    [InlineData("\"fs\":{\"A\":\"ext4\"}", "\"fs\":{\"A\":\"ntfs\"}")]
    [InlineData("\"fs\":{\"A\":\"ext4\"}", "\"fs\":{\"A\":\"tmpfs:many\"}")]
    [InlineData("\"name\":\"l0\"", "\"name\":\"\"")]
    [InlineData("\"name\":\"l0\"", "\"name\":\"w0\"")]
    [InlineData("\"name\":\"l0\"", "\"name\":\"u0\"")]
    [InlineData("\"umask\":\"0022\"", "\"umask\":22")]
    [InlineData("\"kernel\":\"6.18.44\"", "\"kernel\":\"tomorrow\"")]
    [InlineData("\"upper\":{", "\"upper\":[],\"ignored\":{")]
    public void A_configuration_that_cannot_be_is_refused(string part, string otherwise)
    {
        string line = Scenario("", """{"op":"remount","a":{"rotate":true}}""");
        Assert.Contains(part, line, StringComparison.Ordinal);
        Refused(line.Replace(part, otherwise, StringComparison.Ordinal), "");
    }

    [Fact]
    public void A_file_too_large_to_show_is_refused() =>
        Refused(Scenario("""{"p":"a","t":"reg","u":0,"g":0,"m":"0644","mt":0,"at":0,"size":9000000000000,"nodata":true}""", """{"op":"chmod","a":{"path":"a","mode":420}}"""), "operation 0");

    [Fact]
    public void Deep_json_is_refused() =>
        Refused("{\"a\":" + new string('[', 100_000) + new string(']', 100_000) + "}", "");

    [Fact]
    public void A_short_line_cannot_ask_for_endless_work()
    {
        string write = """{"op":"pwrite","a":{"h":1,"off":0,"len":200000000,"seed":1}}""";
        string open = """{"op":"open","a":{"h":1,"path":"f","flags":["RDWR"]}}""";
        Refused(Scenario("", open + "," + string.Join(',', Enumerable.Repeat(write, 1000))), "operation");
    }

    [Fact]
    public void A_tree_deeper_than_any_path_is_refused()
    {
        string name = new('n', 255);
        StringBuilder operations = new();
        string Chain(int levels) => string.Join('/', Enumerable.Repeat(name, levels));
        for (int round = 0; round < 2; round++)
        {
            for (int i = 1; i <= 15; i++)
                operations.Append("""{"op":"mkdir","a":{"mode":493,"path":" """.TrimEnd()).Append(Chain(i)).Append("\"}},");
            if (round == 0)
                operations.Append("""{"op":"rename","a":{"path":"first","flags":[],"from":" """.TrimEnd()).Append(name).Append("\"}},");
        }

        operations.Append("""{"op":"rename","a":{"from":"first","flags":[],"path":" """.TrimEnd()).Append(Chain(15)).Append("/x\"}}");
        Refused(Scenario("", operations.ToString()), "operation");
    }

    [Theory]
    [InlineData(1L << 20, true)]
    [InlineData(1L << 35, true)]
    [InlineData(1L << 36, false)]
    [InlineData(1L << 40, false)]
    public void Space_can_be_allocated_as_far_as_it_goes(long length, bool fits)
    {
        string answer = Encoding.UTF8.GetString(Answer(Scenario("", $$$"""{"op":"open","a":{"h":1,"path":"f","flags":["RDWR"]}},{"op":"fallocate","a":{"h":1,"how":"KEEP_SIZE","off":0,"len":{{{length}}}}}""")).Span);
        Assert.Equal(!fits, answer.Contains("ENOSPC", StringComparison.Ordinal));
    }

    private static string Scenario(string entries, string operations) =>
        $$$"""
        {"schema":1,"id":"x","kernel":"6.18.44","config":{"name":"x","options":{},"lowers":[{"name":"l0","fs":"A"}],"upper":{"name":"u0","fs":"A"},"fs":{"A":"ext4"},"umask":"0022"},
        "layers":{"l0":[{{{File}}}{{{(entries.Length > 0 ? "," + entries : "")}}}],"u0":[]},"ops":[{{{operations}}}]}
        """;

    private static void Refused(string line, string place) =>
        Assert.Contains(place, Assert.Throws<ScenarioFormatException>(() => Answer(line)).Message, StringComparison.Ordinal);

    private static ReadOnlyMemory<byte> Answer(string line)
    {
        var output = new ArrayBufferWriter<byte>();
        ScenarioRunner.Answer(Encoding.UTF8.GetBytes(line), null, TimeProvider.System, output);
        return output.WrittenMemory;
    }
}
