using Overlay2.Storage.CrashTests;
using Overlay2.Storage.CrashTests.Damages;
using Overlay2.Storage.CrashTests.Faults;
using Overlay2.Storage.CrashTests.Scenarios;

switch (args)
{
    // The real tool, with a fault.
    case ["child", var fault, var report, "--", .. var words]:
        return await new FaultyTool(Fault.Parse(fault)).RunAsync(report, words);

    // One scenario, in namespaces of its own.
    case ["scenario", var name, var scratch, var result, var extent]:
        ScenarioProcess.Run(name, scratch, result, Enum.Parse<Extent>(extent));
        return 0;

    // The mounts of a scenario, in a namespace of their own.
    case ["hold", var name, var scratch]:
        ((MountScenario)ScenarioTable.All[name](scratch)).Hold();
        return 0;

    // What the tool starts the engine of a scenario again with.
    case ["restart", var scratch]:
        DockerEngine.Restart(scratch);
        return 0;

    default:
        (Extent kind, string[] names) = args switch { ["--quick", .. var some] => (Extent.Quick, some), ["--rivals", .. var some] => (Extent.Rivals, some), ["--swaps", .. var some] => (Extent.Swaps, some), _ => (Extent.Whole, args) };
        if (names.All(kind switch { Extent.Rivals => ScenarioTable.Rivals.Contains, Extent.Swaps => ScenarioTable.Swaps.Contains, _ => ScenarioTable.All.ContainsKey }))
            return await CrashRun.RunAsync(names, kind);
        Console.Error.WriteLine($"usage: [--quick] [SCENARIO...], where SCENARIO is one of {string.Join(", ", ScenarioTable.All.Keys)}");
        Console.Error.WriteLine($"or: --rivals [SCENARIO...], where SCENARIO is one of {string.Join(", ", ScenarioTable.Rivals)}");
        Console.Error.WriteLine($"or: --swaps [SCENARIO...], where SCENARIO is one of {string.Join(", ", ScenarioTable.Swaps)}");
        return 64;
}
