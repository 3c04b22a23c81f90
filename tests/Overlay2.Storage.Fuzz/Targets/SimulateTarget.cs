using System.Buffers;
using System.Text.Json;
using Overlay2.Storage.Simulation.Scenarios;

namespace Overlay2.Storage.Fuzz.Targets;

/// <summary>Any scenario is answered or is a typed error; any calls on any layers are answered, and a preview tells the same.</summary>
/// <remarks>Input that starts with <c>{</c> is a line of a scenario file, anything else a program of calls in bytes.</remarks>
internal static class SimulateTarget
{
    public static void Run(byte[] input)
    {
        if (input is [(byte)'{', ..])
            Answer(input);
        else
            new SimulatorProgram(input).Run();
    }

    private static void Answer(byte[] line)
    {
        var output = new ArrayBufferWriter<byte>();
        try
        {
            ScenarioRunner.Answer(line, null, TimeProvider.System, output);
        }
        catch (ScenarioFormatException)
        {
            return;
        }

        using JsonDocument answer = JsonDocument.Parse(output.WrittenMemory);
        if (!answer.RootElement.TryGetProperty("final", out _))
            throw new InvalidOperationException("The answer is not whole.");
    }
}
