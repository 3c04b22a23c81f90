using System.Buffers;
using System.Text.Json;
using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.Diagnosis;

public sealed partial class DiagnosisReport
{
    private const int JsonFormatVersion = 1;

    private static readonly ByteStringJsonConverter s_bytes = new();
    private static readonly JsonSerializerOptions s_options = new();

    /// <summary>The report as JSON in UTF-8, indented, with <c>"formatVersion":1</c>. A path that is not UTF-8 is written as <c>{"base64":…}</c>.</summary>
    public byte[] ToJson()
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true }))
            WriteJson(writer);
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Writes the report as a JSON object; see <see cref="ToJson"/>.</summary>
    /// <param name="writer">Where to.</param>
    public void WriteJson(Utf8JsonWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WriteStartObject();
        writer.WriteNumber("formatVersion", JsonFormatVersion);
        writer.WriteString("status", Status.ToString());
        if (Time.TryGet(out DateTimeOffset time))
            writer.WriteString("time", time);
        if (HostId.TryGet(out string? host))
            writer.WriteString("host", host);
        writer.WriteStartArray("findings");
        foreach (Finding finding in Findings)
            Write(writer, finding);
        writer.WriteEndArray();
        writer.WriteStartArray("suspended");
        foreach (SuspendedRule rule in Suspended)
        {
            writer.WriteStartObject();
            writer.WriteString("rule", rule.RuleId);
            writer.WriteString("because", rule.Because);
            writer.WriteString("kind", rule.Kind.ToString());
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteStartArray("examined");
        foreach (string sentence in Examined)
            writer.WriteStringValue(sentence);
        writer.WriteEndArray();
        if (Scope.Foreign.Length > 0)
        {
            writer.WriteStartArray("foreign");
            foreach (string sentence in Scope.Foreign)
                writer.WriteStringValue(sentence);
            writer.WriteEndArray();
        }

        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, Finding finding)
    {
        writer.WriteStartObject();
        writer.WriteString("id", finding.Id);
        writer.WriteString("severity", finding.Severity.ToString());
        writer.WriteString("status", finding.Status.ToString());
        writer.WriteString("title", finding.Descriptor.Title);
        writer.WriteString("message", finding.Message);
        writer.WriteStartObject("subject");
        writer.WriteString("kind", finding.Subject.Kind.ToString());
        writer.WritePropertyName("path");
        s_bytes.Write(writer, finding.Subject.Path.Bytes, s_options);
        if (!finding.Subject.Id.IsEmpty)
        {
            writer.WritePropertyName("id");
            s_bytes.Write(writer, finding.Subject.Id, s_options);
        }

        if (finding.Subject.Store is { } store)
            writer.WriteString("store", store.ToString());
        if (finding.Subject.Name.Length > 0)
            writer.WriteString("name", finding.Subject.Name);
        if (finding.Subject.MountId is { } mountId)
            writer.WriteNumber("mountId", mountId);
        writer.WriteEndObject();
        writer.WriteStartArray("evidence");
        foreach (FindingEvidence evidence in finding.Evidence)
        {
            writer.WriteStartObject();
            writer.WriteString("source", evidence.Source);
            writer.WriteString("text", evidence.Text);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteString("causeKey", finding.CauseKey);
        writer.WriteString("helpLink", finding.HelpLink);
        writer.WriteEndObject();
    }
}
