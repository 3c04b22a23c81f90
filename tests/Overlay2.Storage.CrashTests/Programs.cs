using System.Diagnostics;

namespace Overlay2.Storage.CrashTests;

/// <summary>Runs programs of the system that damages are made with.</summary>
internal static class Programs
{
    /// <summary>Runs one to its end.</summary>
    /// <returns>What it writes.</returns>
    /// <exception cref="CrashFailure">It fails.</exception>
    public static string Run(string program, params ReadOnlySpan<string> words) =>
        TryRun(out string output, program, words) ? output : throw new CrashFailure($"{program} {string.Join(' ', words)}: {output}");

    /// <summary>Runs one to its end.</summary>
    /// <returns>Whether it answers 0.</returns>
    public static bool TryRun(out string output, string program, params ReadOnlySpan<string> words)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, [.. words]) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true })!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        output += process.ExitCode == 0 ? "" : errors.Result;
        return process.ExitCode == 0;
    }
}
