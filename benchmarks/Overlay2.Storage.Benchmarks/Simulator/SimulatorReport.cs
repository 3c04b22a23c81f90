namespace Overlay2.Storage.Benchmarks.Simulator;

/// <summary>A measurement as it is written to JSON.</summary>
/// <param name="Processor">The model name of the processor.</param>
/// <param name="Runtime">The version of the .NET runtime.</param>
/// <param name="Kernel">The release of the kernel.</param>
/// <param name="LoadAverage">The load of the machine in the last minute, at the end.</param>
/// <param name="Rounds">How many rounds were run.</param>
/// <param name="OperationsPerRound">How many operations each side did in a round.</param>
/// <param name="Failing">How many of them answered an error number, the same on both sides.</param>
/// <param name="SimulatorOperationsPerSecond">The simulator in its best round.</param>
/// <param name="KernelOperationsPerSecond">The kernel in its best round.</param>
/// <param name="Ratio">How many times faster the simulator is.</param>
/// <param name="RatioAsked">How many times faster it has to be.</param>
/// <param name="BytesPerOperation">What the simulator allocates.</param>
internal sealed record SimulatorReport(
    string Processor, string Runtime, string Kernel, string LoadAverage, int Rounds, int OperationsPerRound, int Failing,
    double SimulatorOperationsPerSecond, double KernelOperationsPerSecond, double Ratio, double RatioAsked, double BytesPerOperation);
