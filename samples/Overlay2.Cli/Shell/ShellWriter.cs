using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Overlay2.Storage.Simulation;

namespace Overlay2.Cli.Shell;

/// <summary>Writes answers as text or as one JSON object a line.</summary>
internal sealed class ShellWriter(TextWriter output, bool isJson)
{
    private const int FormatVersion = 1;

    private static readonly JsonWriterOptions s_options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public void Write(string command, ShellAnswer answer)
    {
        if (isJson)
        {
            output.WriteLine(ToJson(command, answer));
            return;
        }

        var line = new StringBuilder(answer.Error.ToString());
        foreach ((string name, string value) in answer.Values)
            line.Append(' ').Append(name).Append('=').Append(value);
        output.WriteLine(line);
        foreach (Effect effect in answer.Effects)
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {effect.Kind} /{effect.Path}{(effect.Bytes > 0 ? $" {effect.Bytes} bytes" : "")}{(effect.Mark.IsEmpty ? "" : " " + effect.Mark)}"));
    }

    /// <summary>Something that is no answer of a call: help, a listing.</summary>
    public void WriteNote(string text)
    {
        if (!isJson)
            output.WriteLine(text);
    }

    private static string ToJson(string command, ShellAnswer answer)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, s_options))
        {
            json.WriteStartObject();
            json.WriteNumber("formatVersion", FormatVersion);
            json.WriteString("command", command);
            json.WriteString("error", answer.Error.ToString());
            json.WriteStartObject("values");
            foreach ((string name, string value) in answer.Values)
                json.WriteString(name, value);
            json.WriteEndObject();
            json.WriteStartArray("effects");
            foreach (Effect effect in answer.Effects)
            {
                json.WriteStartObject();
                json.WriteString("kind", effect.Kind.ToString());
                json.WriteString("path", effect.Path.ToString());
                json.WriteNumber("bytes", effect.Bytes);
                if (!effect.Mark.IsEmpty)
                    json.WriteString("mark", effect.Mark.ToString());
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.ToArray());
    }
}
