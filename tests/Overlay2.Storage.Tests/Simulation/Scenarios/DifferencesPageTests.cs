using System.Buffers;
using System.Globalization;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Overlay2.Storage.Simulation.Scenarios;
using Overlay2.Storage.TestShared;
using static Overlay2.Storage.TestShared.OverlayExample;

namespace Overlay2.Storage.Tests.Simulation.Scenarios;

/// <summary>Every example of docs/overlayfs-differences.md in the simulator, and against its recording.</summary>
public sealed class DifferencesPageTests
{
    private const string Recording = "differences-6.18.44.jsonl.gz";

    private static readonly List<OverlayExample> s_examples = Read(Path.Combine(Repository.Root, "docs", "overlayfs-differences.md"));

    public static TheoryData<string> Examples => [.. s_examples.Select(e => e.Id)];

    [Theory]
    [MemberData(nameof(Examples))]
    public void The_simulator_answers_as_the_page_says(string id)
    {
        OverlayExample example = s_examples.Single(e => e.Id == id);
        JsonObject scenario = ToScenario(example);
        var output = new ArrayBufferWriter<byte>();
        ScenarioRunner.Answer(Encoding.UTF8.GetBytes(scenario.ToJsonString()), null, TimeProvider.System, output);
        JsonNode answer = JsonNode.Parse(output.WrittenSpan)!;
        Dictionary<string, string> letters = [];
        int operation = 0;
        foreach (Step step in example.Steps)
        {
            string? wrong;
            if (step.Call == "mount")
                wrong = step.Check(answer["mount"]!.GetValue<string>(), _ => "", letters);
            else if (step.Call == "upper")
                wrong = CheckUpper(step, answer["final"]!["upper"]!.AsArray());
            else
                wrong = CheckCall(step, answer["ops"]![operation++]!, letters);
            Assert.Null(wrong);
        }
    }

    [Theory]
    [MemberData(nameof(Examples))]
    public void The_recording_is_of_the_example_on_the_page(string id)
    {
        OverlayExample example = s_examples.Single(e => e.Id == id);
        if (example.Kernel is not null)
            return; // no such kernel was there to record
        JsonNode recorded = Recorded().Single(s => s["id"]!.GetValue<string>() == id);
        JsonObject scenario = ToScenario(example);
        foreach (string member in (string[])["config", "layers"])
            Assert.True(JsonNode.DeepEquals(scenario[member], recorded[member]), $"{member} of {id} was recorded otherwise");
        JsonNode[] asked = [.. scenario["ops"]!.AsArray().Select(o => o!)], answered = [.. recorded["ops"]!.AsArray().Select(o => o!)];
        Assert.Equal(asked.Select(o => o["a"]!.ToJsonString()).Take(answered.Length), answered.Select(o => o["a"]!.ToJsonString()));
        if (recorded["mount"]!.GetValue<string>() == "OK")
            Assert.Equal(asked.Length, answered.Length);
    }

    /// <summary>By hand, for the recorder: writes the scenarios to the file that the variable names.</summary>
    [Fact]
    public void The_page_has_an_example_of_each_difference_and_ids_are_unique()
    {
        Assert.Equal(s_examples.Count, s_examples.Select(e => e.Id).Distinct(StringComparer.Ordinal).Count());
        Assert.True(s_examples.Count >= 20);
        if (Environment.GetEnvironmentVariable("OVERLAY2_EXAMPLES_TO") is { } file)
            File.WriteAllLines(file, s_examples.Where(e => e.Kernel is null).Select(e => ToScenario(e).ToJsonString()));
    }

    private static string? CheckCall(Step step, JsonNode answer, Dictionary<string, string> letters) =>
        step.Check(answer["r"]!.GetValue<string>(), name => Value(step, answer["v"], name), letters);

    private static string Value(Step step, JsonNode? values, string name) => name switch
    {
        "ino" => values!["ino"]!.GetValue<string>(),
        "dev" => values!["dev"]!.GetValue<string>(),
        "links" => values!["n"]!.ToJsonString(),
        "size" => values!["s"]!.ToJsonString(),
        "names" => string.Join(',', values!["entries"]!.AsArray().Select(e => e!["name"]!.GetValue<string>())),
        _ => values!["sha"]!.GetValue<string>() == Convert.ToHexStringLower(SHA256.HashData(Step.Text(step.Values[0]["text=".Length..])).AsSpan(0, 8)) ? step.Values[0]["text=".Length..] : "something else",
    };

    private static string? CheckUpper(Step step, JsonArray upper)
    {
        JsonNode? entry = upper.FirstOrDefault(e => e!["p"]!.GetValue<string>() == step.Arguments[0]);
        string type = entry?["t"]!.GetValue<string>() switch { null => "nothing", "dir" => "directory", "reg" => "file", var other => other };
        return step.Check(type, name => name == "size" ? entry!["s"]!.ToJsonString() : entry!["x"]!.AsObject().Select(x => x.Key).FirstOrDefault(k => k == step.Values[0]["mark=".Length..]) ?? "none", []);
    }

    private static List<JsonNode> Recorded()
    {
        using FileStream file = File.OpenRead(Repository.Data("kernel-truth", Recording));
        using var text = new StreamReader(new GZipStream(file, CompressionMode.Decompress));
        List<JsonNode> lines = [];
        while (text.ReadLine() is { } line)
            lines.Add(JsonNode.Parse(line)!);
        return lines;
    }

    private static JsonObject ToScenario(OverlayExample example)
    {
        const long Time = 1_000_000_000_000_000_000;
        string letter = example.LowerDisk is null ? "A" : "B";
        var layers = new JsonObject();
        foreach (string layer in example.Lowers.Append("u0"))
        {
            var entries = new JsonArray(new JsonObject { ["p"] = "", ["t"] = "dir", ["u"] = 0, ["g"] = 0, ["m"] = "0755", ["mt"] = Time, ["at"] = Time });
            foreach ((string at, string what, string[] words) in example.Objects.Where(o => o.Layer == layer))
            {
                if (what == "mark")
                {
                    JsonNode marked = entries.Single(e => e!["p"]!.GetValue<string>() == (words[0] == "." ? "" : words[0]))!;
                    marked["x"] = new JsonObject { [words[1]] = words[2] };
                    continue;
                }

                entries.Add(what switch
                {
                    "hardlink" => new JsonObject { ["p"] = words[0], ["t"] = "hardlink", ["to"] = words[1] },
                    "dir" => new JsonObject { ["p"] = words[0], ["t"] = "dir", ["u"] = 0, ["g"] = 0, ["m"] = "0755", ["mt"] = Time, ["at"] = Time },
                    _ => new JsonObject { ["p"] = words[0], ["t"] = "reg", ["u"] = 0, ["g"] = 0, ["m"] = "0644", ["mt"] = Time, ["at"] = Time, ["size"] = int.Parse(words[1], CultureInfo.InvariantCulture), ["seed"] = words.Length > 3 ? int.Parse(words[3], CultureInfo.InvariantCulture) : 3 },
                });
            }

            // The recorder learns the devices from a file of each file system.
            if (letter == "B" && (layer == "u0" || layer == example.Lowers.First()))
                entries.Add(new JsonObject { ["p"] = layer == "u0" ? "zA" : "zB", ["t"] = "reg", ["u"] = 0, ["g"] = 0, ["m"] = "0644", ["mt"] = Time, ["at"] = Time, ["size"] = 0, ["seed"] = 0 });
            layers[layer] = entries;
        }

        var options = new JsonObject();
        foreach (string option in example.Options.Split(',', StringSplitOptions.RemoveEmptyEntries))
            options[option.Split('=')[0]] = option.Split('=')[1];
        var disks = new JsonObject { ["A"] = example.Disk };
        if (example.LowerDisk is { } other)
            disks["B"] = other;
        int number = 0;
        return new JsonObject
        {
            ["schema"] = 1,
            ["id"] = example.Id,
            ["kernel"] = example.Kernel ?? "6.18.44",
            ["args"] = new JsonObject { ["ops"] = example.Steps.Count, ["depth"] = 0, ["mix"] = new JsonObject() },
            ["config"] = new JsonObject
            {
                ["name"] = example.Id,
                ["options"] = options,
                ["lowers"] = new JsonArray([.. example.Lowers.Select(l => new JsonObject { ["name"] = l, ["fs"] = letter })]),
                ["upper"] = new JsonObject { ["name"] = "u0", ["fs"] = "A" },
                ["fs"] = disks,
                ["data"] = new JsonArray(),
                ["umask"] = "0022",
                ["module"] = example.Kernel is null ? Module() : new JsonObject(),
                ["sysctl"] = new JsonObject { ["protected_hardlinks"] = "1", ["protected_symlinks"] = "0", ["protected_regular"] = "0", ["protected_fifos"] = "0" },
            },
            ["layers"] = layers,
            ["ops"] = new JsonArray([.. example.Steps.Where(s => s.Call is not ("mount" or "upper")).Select(s => ToOperation(s, number++))]),
        };
    }

    private static JsonObject Module() => new()
    {
        ["redirect_dir"] = "N", ["redirect_always_follow"] = "Y", ["redirect_max"] = "256", ["index"] = "N", ["nfs_export"] = "N", ["metacopy"] = "N", ["xino_auto"] = "N",
    };

    private static JsonObject ToOperation(Step step, int number)
    {
        string[] a = step.Arguments;
        long Number(int i) => long.Parse(a[i], CultureInfo.InvariantCulture);
        JsonObject arguments = step.Call switch
        {
            "open" => new JsonObject { ["h"] = Number(0), ["path"] = a[1], ["flags"] = new JsonArray([.. a[2].Split(',').Select(f => JsonValue.Create(f))]) },
            "pread" => new JsonObject { ["h"] = Number(0), ["off"] = Number(1), ["len"] = Number(2) },
            "pwrite" => new JsonObject { ["h"] = Number(0), ["off"] = Number(1), ["text"] = a[2] },
            "fstat" => new JsonObject { ["h"] = Number(0) },
            "mmap" => new JsonObject { ["h"] = Number(0), ["map"] = Number(1) },
            "mread" => new JsonObject { ["map"] = Number(0), ["off"] = Number(1), ["len"] = Number(2) },
            "stat" => new JsonObject { ["path"] = a[0], ["follow"] = false },
            "chmod" or "mkdir" => new JsonObject { ["path"] = a[0], ["mode"] = Convert.ToInt32(a[1], 8) },
            "truncate" => new JsonObject { ["path"] = a[0], ["size"] = Number(1) },
            "rename" => new JsonObject { ["from"] = a[0], ["path"] = a[1], ["flags"] = new JsonArray() },
            _ => new JsonObject { ["path"] = a[0] },
        };
        return new JsonObject { ["i"] = number, ["op"] = step.Call, ["a"] = arguments };
    }
}
