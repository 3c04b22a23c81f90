using System.Diagnostics;
using System.Text;

namespace Overlay2.Storage.Tests.Cli;

/// <summary>Runs the sample tool as a script would.</summary>
internal static class Tool
{
    /// <summary>Runs the tool to its end.</summary>
    public static ToolRun Run(params string[] arguments) => RunWithInput("", arguments);

    /// <summary>Runs the tool to its end with a text as its standard input.</summary>
    public static ToolRun RunWithInput(string input, params string[] arguments)
    {
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "overlay2"), arguments)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
            StandardErrorEncoding = Encoding.UTF8,
        };
        using Process process = Process.Start(start)!;
        Task<string> error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        process.StandardInput.Write(input);
        process.StandardInput.Close();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return new ToolRun(process.ExitCode, output, error.GetAwaiter().GetResult());
    }
}
