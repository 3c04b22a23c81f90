using System.Buffers;
using System.Text.Json;
using Overlay2.Storage.Kernel;

namespace Overlay2.Storage.Simulation.Scenarios;

/// <summary>Answers recorded or written scenarios: one JSON object in, the same with the kernel's expected answers out.</summary>
/// <remarks>The schema is that of the recordings (schema 1): layers, options, operations; answers, effects and the end state are
/// written. Thread-safe.</remarks>
public static class ScenarioRunner
{
    /// <summary>Answers one scenario.</summary>
    /// <param name="line">The JSON of one scenario; answers in it are not looked at.</param>
    /// <param name="profile">The kernel, or <see langword="null"/> for the version that the scenario names; the module parameters are
    /// always those of the scenario.</param>
    /// <param name="time">The clock of the simulated host.</param>
    /// <param name="output">Takes one JSON object in UTF-8, without a newline.</param>
    /// <exception cref="ScenarioFormatException">The line does not follow the schema.</exception>
    public static void Answer(ReadOnlyMemory<byte> line, KernelProfile? profile, TimeProvider time, IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(time);
        ArgumentNullException.ThrowIfNull(output);
        ScenarioRun? run = null;
        try
        {
            using JsonDocument document = JsonDocument.Parse(line);
            using var writer = new Utf8JsonWriter(output, new JsonWriterOptions { SkipValidation = true });
            run = new ScenarioRun(document.RootElement, profile, time, writer);
            run.Run();
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or KeyNotFoundException or FormatException or OverflowException or LayerException)
        {
            throw new ScenarioFormatException("The scenario does not follow its schema " + (run?.Place ?? "in its config or layers") + ": " + error.Message, error);
        }
    }
}
