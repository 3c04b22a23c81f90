using System.Text;
using System.Text.Json;
using Overlay2.Cli.Output;
using Overlay2.Storage.Simulation;

namespace Overlay2.Cli.Shell;

/// <summary>Writes answers as text or as one JSON object a line.</summary>
internal sealed class ShellWriter(bool isJson)
{
    private const int FormatVersion = 1;

    public void Write(string command, ShellAnswer answer)
    {
        if (isJson)
        {
            Terminal.WriteJsonLine(json => WriteJson(json, command, answer));
            return;
        }

        var line = new StringBuilder(answer.Error.ToString());
        foreach ((string name, string value) in answer.Values)
            line.Append(' ').Append(name).Append('=').Append(value);
        Terminal.WriteLine(line.ToString());
        foreach (Effect effect in answer.Effects)
            Terminal.WriteLine($"  {effect.Kind} /{effect.Path}{(effect.Bytes > 0 ? $" {effect.Bytes} bytes" : "")}{(effect.Mark.IsEmpty ? "" : " " + effect.Mark)}");
    }

    /// <summary>What the calls are.</summary>
    public void WriteHelp()
    {
        if (!isJson)
            Terminal.WriteText(ShellCommands.Help + "\n");
    }

    private static void WriteJson(Utf8JsonWriter json, string command, ShellAnswer answer)
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
}
