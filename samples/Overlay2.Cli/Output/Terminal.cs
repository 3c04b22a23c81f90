using System.Buffers;
using System.Text;
using System.Text.Json;
using Spectre.Console;

namespace Overlay2.Cli.Output;

#pragma warning disable RS0030 // This is the place that everything shown passes.

/// <summary>The standard output, as a terminal or as a pipe, and what is said on the standard error. Nothing else writes to them: see BannedSymbols.txt.</summary>
/// <remarks>Where the standard output takes nothing, an <see cref="OutputException"/> ends the command. The standard error is written where that is possible.</remarks>
internal static class Terminal
{
    /// <summary>Wide enough for every line: who reads a pipe wants whole lines, not wrapped ones.</summary>
    private const int PipeWidth = 1 << 15;

    /// <summary>Text that is the program's own, or is fit to be shown already.</summary>
    public static TextWriter Output { get; } = CreateWriter(StandardStream.Output);

    public static TextWriter Error { get; } = CreateWriter(StandardStream.Error);

    public static bool IsInput => !Console.IsInputRedirected;

    public static bool IsError => !Console.IsErrorRedirected;

    /// <summary>A console with colours only on a terminal, and never with NO_COLOR.</summary>
    public static IAnsiConsole CreateConsole()
    {
        bool plain = Console.IsOutputRedirected || !string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"));
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(Output),
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
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Error), Ansi = AnsiSupport.No, ColorSystem = ColorSystemSupport.NoColors });
        console.Profile.Width = PipeWidth;
        return console;
    }

    /// <summary>Writes text.</summary>
    public static void Put(this IAnsiConsole console, ShownLine text, Style? style = null) => console.Write(Cell(text, style));

    /// <summary>Writes text and ends the line.</summary>
    public static void PutLine(this IAnsiConsole console, ShownLine text = default, Style? style = null)
    {
        console.Put(text, style);
        console.WriteLine();
    }

    /// <summary>Text in a table, where a console is asked for it.</summary>
    public static Text Cell(ShownLine text, Style? style = null) => new(text.ToString(), style);

    /// <summary>Writes a line to the standard output.</summary>
    public static void WriteLine(ShownLine text) => Output.WriteLine(text.ToString());

    /// <summary>Says something on the standard error, in a line of its own, where that is possible.</summary>
    public static void Say(ShownLine text) => Put($"overlay2: {text}\n");

    /// <summary>Writes to the standard error where that is possible.</summary>
    public static void Put(ShownLine text)
    {
        try
        {
            Error.Write(text.ToString());
        }
        catch (OutputException)
        {
            // There is nobody to tell.
        }
    }

    /// <summary>A line of the standard input; nothing at its end.</summary>
    public static string? ReadLine() => Console.ReadLine();

    public static Stream OpenInput() => Console.OpenStandardInput();

    /// <summary>Writes JSON to the standard output, indented, with a newline at its end.</summary>
    public static void WriteJson(Action<Utf8JsonWriter> write)
    {
        using (var json = new Utf8JsonWriter(StandardStream.Output, new JsonWriterOptions { Indented = true }))
            write(json);
        StandardStream.Output.Write("\n"u8);
    }

    /// <summary>Writes text to the standard output as it is: a script, Markdown or JSON, which its maker made fit to be shown.</summary>
    public static void WriteText(string text) => Output.Write(text);

    /// <summary>Writes one line of JSON to the standard output at once.</summary>
    public static void WriteJsonLine(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
            write(json);
        buffer.Write("\n"u8);
        StandardStream.Output.Write(buffer.WrittenSpan);
    }

    private static TextWriter CreateWriter(StandardStream stream) =>
        TextWriter.Synchronized(new StreamWriter(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false)) { AutoFlush = true });
}
