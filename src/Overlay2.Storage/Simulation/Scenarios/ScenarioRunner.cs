using System.Buffers;
using System.Text.Json;
using Overlay2.Storage.Simulation.Merging;

namespace Overlay2.Storage.Simulation.Scenarios;

/// <summary>Answers recorded or written scenarios: JSON lines in, the same lines with the kernel's expected answers out.</summary>
/// <remarks>The schema is that of the recordings (schema 1): layers, options, operations; answers, effects and the end state are written.</remarks>
public static class ScenarioRunner
{
    private static readonly byte[] NewLine = "\n"u8.ToArray();

    /// <summary>Answers one scenario.</summary>
    /// <param name="line">The JSON of one scenario; answers in it are not looked at.</param>
    /// <param name="output">Receives one line of JSON, with a line feed.</param>
    /// <param name="time">The clock of the simulated host.</param>
    /// <exception cref="ScenarioFormatException">The line does not follow the schema.</exception>
    public static void Run(ReadOnlyMemory<byte> line, Stream output, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(output);
        ArgumentNullException.ThrowIfNull(time);
        var buffer = new ArrayBufferWriter<byte>();
        try
        {
            using JsonDocument document = JsonDocument.Parse(line);
            using var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { SkipValidation = true });
            new ScenarioRun(document.RootElement, time, new KernelRules(), writer).Run();
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or KeyNotFoundException or FormatException and not ScenarioFormatException)
        {
            throw new ScenarioFormatException("The scenario does not follow its schema: " + error.Message, error);
        }

        output.Write(buffer.WrittenSpan);
        output.Write(NewLine);
    }
}
