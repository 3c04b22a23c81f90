using BenchmarkDotNet.Running;
using Overlay2.Storage.Benchmarks.Comparison;
using Overlay2.Storage.Benchmarks.Growth;
using Overlay2.Storage.Benchmarks.Simulator;

switch (args)
{
    case [CompareOptions.Command, .. var rest]:
        if (CompareOptions.TryParse(rest, out CompareOptions? options))
            return CompareCommand.Run(options);
        Console.Error.WriteLine(CompareOptions.Usage);
        return 64;

    case [TableGrowthCommand.Command]:
        TableGrowthCommand.Run();
        return 0;

    case [StoreGrowthCommand.Command]:
        StoreGrowthCommand.Run();
        return 0;

    case [PlanGrowthCommand.Command, .. var words]:
        PlanGrowthCommand.Run(words);
        return 0;

    case [CancelCommand.Command, .. var words]:
        CancelCommand.Run(words);
        return 0;

    case [SimulatorCommand.Command, .. var rest]:
        return SimulatorCommand.Run(rest);

    case [Worker.Option, var contender, var workload]:
        return Worker.Run(contender, workload, Console.In, Console.Out);

    default:
        return BenchmarkSwitcher.FromAssembly(typeof(CompareCommand).Assembly).Run(args).Any(summary => summary.HasCriticalValidationErrors) ? 1 : 0;
}
