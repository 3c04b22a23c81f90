using System.Buffers;
using System.Text;
using System.Text.Json;
using Spectre.Console;

namespace Overlay2.Cli.Output;

/// <summary>The standard output, as a terminal or as a pipe.</summary>
internal static class Terminal
{
    /// <summary>Wide enough for every line: who reads a pipe wants whole lines, not wrapped ones.</summary>
    private const int PipeWidth = 1 << 15;

    /// <summary>A console with colours only on a terminal, and never with NO_COLOR.</summary>
    public static IAnsiConsole CreateConsole()
    {
        bool plain = Console.IsOutputRedirected || !string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"));
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(CreateWriter()),
            Ansi = plain ? AnsiSupport.No : AnsiSupport.Detect,
            ColorSystem = plain ? ColorSystemSupport.NoColors : ColorSystemSupport.Detect,
        });
        if (Console.IsOutputRedirected)
            console.Profile.Width = PipeWidth;
        return console;
    }

    /// <summary>A console without colours on the standard error, for what is asked.</summary>
    public static IAnsiConsole CreateErrorConsole()
    {
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error), Ansi = AnsiSupport.No, ColorSystem = ColorSystemSupport.NoColors });
        console.Profile.Width = PipeWidth;
        return console;
    }

    /// <summary>Writes JSON to the standard output, indented, with a newline at its end.</summary>
    public static void WriteJson(Action<Utf8JsonWriter> write)
    {
        using Stream output = Console.OpenStandardOutput();
        using (var json = new Utf8JsonWriter(output, new JsonWriterOptions { Indented = true }))
            write(json);
        output.WriteByte((byte)'\n');
    }

    /// <summary>Writes text to the standard output as it is.</summary>
    public static void WriteText(string text)
    {
        using StreamWriter writer = CreateWriter();
        writer.Write(text);
    }

    /// <summary>Writes one line of JSON to the standard output at once.</summary>
    public static void WriteJsonLine(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
            write(json);
        buffer.Write("\n"u8);
        using Stream output = Console.OpenStandardOutput();
        output.Write(buffer.WrittenSpan);
    }

    private static StreamWriter CreateWriter() =>
        new(Console.OpenStandardOutput(), new UTF8Encoding(encoderShouldEmitUTF8Identifier: false)) { AutoFlush = true };
}
