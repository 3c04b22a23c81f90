using System.Diagnostics;
using System.Globalization;
using Overlay2.Storage.CrashTests.Damages;
using Overlay2.Storage.CrashTests.Faults;
using Overlay2.Storage.CrashTests.Scenarios;

namespace Overlay2.Storage.CrashTests;

/// <summary>A scenario in a process, a mount namespace and a process namespace of its own: whatever happens in it ends with it.</summary>
internal static class ScenarioProcess
{
    private const string Parameters = "/sys/module/overlay/parameters";

    /// <summary>Starts a process for a scenario.</summary>
    public static Process Start(string name, string scratch, string result, Extent extent)
    {
        string[] namespaces = ["--mount", "--propagation", "private", "--pid", "--fork", "--mount-proc", "--kill-child"];
        string[] scenario = [Environment.ProcessPath!, "scenario", name, scratch, result, extent.ToString()];
        return Process.Start(new ProcessStartInfo("unshare", [.. namespaces, .. scenario]) { UseShellExecute = false })!;
    }

    /// <summary>What that process does.</summary>
    public static void Run(string name, string scratch, string result, Extent extent)
    {
        var clock = Stopwatch.StartNew();
        var tally = new Tally();
        try
        {
            Separate(scratch);
            using Scenario scenario = ScenarioTable.All[name](extent == Extent.Swaps ? Above(scratch) : scratch);
            scenario.Run(new Tool(scratch), tally, extent);
        }
        catch (Exception e) when (e is CrashFailure or IOException or UnauthorizedAccessException)
        {
            tally.Failures.Add(e.Message);
        }

        tally.Add(TallyColumn.Seconds, (int)clock.Elapsed.TotalSeconds);
        tally.Save(result);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name}: {tally[TallyColumn.Kills]} kills, {tally[TallyColumn.Errors]} failing calls, {tally[TallyColumn.Rivals]} rivals, {tally[TallyColumn.Swaps]} swaps, {tally.Failures.Count} failures, {tally[TallyColumn.Seconds]} s"));
    }

    /// <summary>A directory for what is damaged alone: it is swapped too.</summary>
    private static string Above(string scratch) => Directory.CreateDirectory($"{scratch}/above").FullName;

    /// <summary>An engine of this machine is not the matter here, and what others change of the overlay module meanwhile neither.</summary>
    private static void Separate(string scratch)
    {
        Native.Mount("run", "/run", "tmpfs");
        Native.Mount("scratch", scratch, "tmpfs");
        string copy = $"{scratch}/parameters";
        Directory.CreateDirectory(copy);
        using FileStream held = ParameterLock.Take();
        foreach (string parameter in Directory.GetFiles(Parameters))
            File.WriteAllText($"{copy}/{Path.GetFileName(parameter)}", File.ReadAllText(parameter));
        Native.Bind(copy, Parameters);
    }
}
