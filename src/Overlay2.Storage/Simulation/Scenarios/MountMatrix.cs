using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Overlay2.Storage.Kernel;
using Overlay2.Storage.MountOptions;

namespace Overlay2.Storage.Simulation.Scenarios;

/// <summary>Answers the lines of a mount matrix: what a kernel says to one mount, what it shows, and what the mount leaves behind.</summary>
/// <remarks>A line is a JSON object with <c>"kind":"mount"</c>, <c>case</c>, <c>params</c> (module parameters), <c>layout</c> and
/// <c>options</c>; the answer adds <c>r</c>, and if the mount succeeds <c>effective</c>, <c>mkdir</c>, <c>upperXattrs</c> and <c>work</c>.
/// Thread-safe.</remarks>
public static class MountMatrix
{
    /// <summary>The value of the member <c>kind</c> of such a line.</summary>
    public const string Kind = "mount";

    private static readonly JsonWriterOptions s_options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Whether a line is one of a mount matrix, by its member <c>kind</c>.</summary>
    /// <param name="line">One JSON object in UTF-8; anything else is none.</param>
    public static bool IsCase(ReadOnlySpan<byte> line)
    {
        try
        {
            var json = new Utf8JsonReader(line);
            if (!json.Read() || json.TokenType != JsonTokenType.StartObject)
                return false;
            while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
            {
                bool isKind = json.ValueTextEquals("kind"u8);
                json.Read();
                if (isKind)
                    return json.TokenType == JsonTokenType.String && json.ValueTextEquals(Kind);
                json.Skip();
            }

            return false;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    /// <summary>Writes a line with its answer, without a newline.</summary>
    /// <param name="line">One JSON object in UTF-8.</param>
    /// <param name="profile">The kernel; <c>params</c> of the line replace its module parameters.</param>
    /// <param name="output">Takes the line in UTF-8.</param>
    /// <exception cref="MountMatrixFormatException">Not such a line.</exception>
    public static void Answer(ReadOnlySpan<byte> line, KernelProfile profile, IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(profile);
        ArgumentNullException.ThrowIfNull(output);
        MountMatrixCase question = MountMatrixCase.Read(line);
        EffectiveOptions answer = question.Resolve(profile);

        using var writer = new Utf8JsonWriter(output, s_options);
        writer.WriteStartObject();
        writer.WriteString("kind"u8, Kind);
        writer.WriteString("case"u8, question.Case);
        writer.WriteStartObject("params"u8);
        foreach ((string name, string value) in question.Params)
            writer.WriteString(name, value);
        writer.WriteEndObject();
        writer.WriteString("layout"u8, question.Layout);
        ScenarioJson.WriteStrings(writer, "options", question.Options);
        writer.WriteString("r"u8, answer.Error.ToString());
        if (answer.Error == LinuxError.OK)
            WriteMounted(writer, question, answer);
        writer.WriteEndObject();
    }

    private static void WriteMounted(Utf8JsonWriter writer, MountMatrixCase question, EffectiveOptions answer)
    {
        OverlayMountOptions options = question.ParseOptions();
        ScenarioJson.WriteStrings(writer, "effective", answer.Shown.Select(o => o.ToString()));
        writer.WriteString("mkdir"u8, answer.IsReadOnly ? nameof(LinuxError.EROFS) : nameof(LinuxError.OK));

        if (options.Upper?.Path == MountMatrixLayout.Upper && answer.UpperMarks.Length > 0)
            ScenarioJson.WriteStrings(writer, "upperXattrs", answer.UpperMarks.Select(m => m.ToString()));

        var work = new SortedSet<string>(StringComparer.Ordinal);
        if (MountMatrixLayout.HasInnerDirectories(question.Case))
            work.Add("x");
        if (options.Work?.Path == MountMatrixLayout.Work)
            work.UnionWith(answer.WorkEntries.Where(e => !e.Span.Contains((byte)'/')).Select(e => e.ToString()));
        ScenarioJson.WriteStrings(writer, "work", work);
    }
}
