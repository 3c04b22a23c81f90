using System.Buffers;
using System.Text;
using System.Text.Json.Nodes;
using Overlay2.Storage.Kernel;
using Overlay2.Storage.Simulation.Scenarios;
using Overlay2.Storage.Tests.Kernel;

namespace Overlay2.Storage.Tests.Simulation.Scenarios;

public class MountMatrixTests
{
    private static readonly string[] s_question = ["kind", "case", "params", "layout", "options"];

    public static TheoryData<string> Kernels => new(KernelTruth.KernelsWithMatrix);

    /// <summary>1438 mounts of each kernel, all fields of the answer.</summary>
    [Theory]
    [MemberData(nameof(Kernels))]
    public void Every_mount_of_the_matrix_is_answered_as_by_the_kernel(string kernel)
    {
        KernelProfile profile = KernelTruth.Profile(kernel);
        var wrong = new List<string>();
        int count = 0;
        foreach (string line in KernelTruth.MountMatrix(kernel))
        {
            JsonObject truth = JsonNode.Parse(line)!.AsObject();
            var question = new JsonObject(s_question.Select(m => KeyValuePair.Create(m, truth[m]?.DeepClone())));
            JsonNode answer = JsonNode.Parse(Answer(question.ToJsonString(), profile))!;
            if (!JsonNode.DeepEquals(truth, answer))
                wrong.Add($"{line}\n{answer.ToJsonString()}");
            count++;
        }

        Assert.Equal(1438, count);
        Assert.True(wrong.Count == 0, $"{wrong.Count} differ:\n{string.Join('\n', wrong.Take(12))}");
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[1]")]
    [InlineData("{\"kind\":\"mount\"}")]
    [InlineData("{\"kind\":\"mount\",\"case\":\"x\",\"params\":{\"index\":null},\"layout\":\"\",\"options\":[]}")]
    [InlineData("{\"kind\":\"mount\",\"case\":\"x\",\"params\":{},\"layout\":\"\",\"options\":[null]}")]
    public void Another_line_is_refused_with_a_reason(string line) =>
        Assert.NotEmpty(Assert.Throws<MountMatrixFormatException>(() => Answer(line, KernelProfile.Defaults(new(6, 18)))).Message);

    private static string Answer(string line, KernelProfile profile)
    {
        var output = new ArrayBufferWriter<byte>();
        MountMatrix.Answer(Encoding.UTF8.GetBytes(line), profile, output);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }
}
