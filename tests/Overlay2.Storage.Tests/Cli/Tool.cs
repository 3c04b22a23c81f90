using System.Diagnostics;
using System.Text;

namespace Overlay2.Storage.Tests.Cli;

/// <summary>Runs the sample tool as a script would.</summary>
internal static class Tool
{
    /// <summary>Runs the tool to its end.</summary>
    public static ToolRun Run(params string[] arguments) => RunWithInput("", arguments);

    /// <summary>Runs the tool to its end with a text as its standard input.</summary>
    public static ToolRun RunWithInput(string input, params string[] arguments) => Run(input, Encoding.UTF8, arguments);

    /// <summary>The same, with what it writes as the bytes that it writes, a character each.</summary>
    public static ToolRun RunForBytes(string input, params string[] arguments) => Run(input, Encoding.Latin1, arguments);

    /// <summary>Runs the tool to its end with another directory for temporary files.</summary>
    public static ToolRun RunWithTemporary(string directory, params string[] arguments) => Run("", Encoding.UTF8, arguments, directory);

    private static ToolRun Run(string input, Encoding encoding, string[] arguments, string? temporary = null)
    {
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "overlay2"), arguments)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = encoding,
            StandardErrorEncoding = encoding,
            StandardInputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false),
        };
        if (temporary is not null)
            start.Environment["TMPDIR"] = temporary;
        using Process process = Process.Start(start)!;
        Task<string> error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        process.StandardInput.Write(input);
        process.StandardInput.Close();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return new ToolRun(process.ExitCode, output, error.GetAwaiter().GetResult());
    }
}
