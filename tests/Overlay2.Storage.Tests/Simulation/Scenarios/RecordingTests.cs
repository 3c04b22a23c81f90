using System.Buffers;
using System.IO.Compression;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Overlay2.Storage.Simulation.Scenarios;

namespace Overlay2.Storage.Tests.Simulation.Scenarios;

/// <summary>The simulator against recordings of real kernels: a slice with every configuration in it.</summary>
public sealed class RecordingTests
{
    public static TheoryData<string> Recordings => [.. Directory.GetFiles(Repository.Data("kernel-truth"), "*.jsonl.gz").Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Recordings))]
    public void Every_scenario_is_answered_as_the_kernel_did(string recording)
    {
        int count = 0;
        foreach (string line in Lines(recording))
        {
            using JsonDocument truth = JsonDocument.Parse(line);
            IReadOnlyList<string> divergences = ScenarioComparison.Compare(truth.RootElement, Answer(line));
            Assert.True(divergences.Count == 0, $"{truth.RootElement.GetProperty("id")}: {string.Join("\n", divergences.Take(3))}");
            count++;
        }

        Assert.True(count > 10);
    }

    [Fact]
    public void The_slice_holds_every_configuration_of_the_main_kernel()
    {
        HashSet<string> configurations = [.. Lines("general-6.18.44.jsonl.gz").Select(line => JsonNode.Parse(line)!["config"]!["name"]!.GetValue<string>())];
        Assert.Equal(28, configurations.Count);
    }

    [Theory]
    [InlineData("r", "\"EPERM\"")]
    [InlineData("v", "{\"n\":-1}")]
    [InlineData("fx", "[{\"k\":\"-\",\"in\":\"u0\",\"p\":\"nowhere\"}]")]
    public void A_changed_answer_is_noticed(string member, string json)
    {
        string line = Lines("renames-6.18.44.jsonl.gz").First();
        JsonNode changed = JsonNode.Parse(line)!;
        changed["ops"]![3]![member] = JsonNode.Parse(json);
        using JsonDocument truth = JsonDocument.Parse(changed.ToJsonString());
        Assert.NotEmpty(ScenarioComparison.Compare(truth.RootElement, Answer(line)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("{\"kernel\":\"6.18.44\",\"config\":{},\"layers\":{},\"ops\":[]}")]
    public void What_is_no_scenario_is_a_typed_error(string line)
    {
        Assert.Throws<ScenarioFormatException>(() => Answer(line));
    }

    private static JsonElement Answer(string line)
    {
        var output = new ArrayBufferWriter<byte>();
        ScenarioRunner.Answer(Encoding.UTF8.GetBytes(line), null, TimeProvider.System, output);
        return JsonDocument.Parse(output.WrittenMemory).RootElement;
    }

    private static IEnumerable<string> Lines(string recording)
    {
        using FileStream file = File.OpenRead(Repository.Data("kernel-truth", recording));
        using var text = new StreamReader(new GZipStream(file, CompressionMode.Decompress));
        while (text.ReadLine() is { } line)
            yield return line;
    }
}
