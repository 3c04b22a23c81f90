namespace Overlay2.Storage.Benchmarks.Comparison;

/// <summary>A comparison as it is written to JSON.</summary>
/// <param name="Processor">The model name of the processor.</param>
/// <param name="Runtime">The version of the .NET runtime.</param>
/// <param name="LibMount">The version of libmount, if the host has it.</param>
/// <param name="Rounds">How many rounds were run.</param>
/// <param name="LoadAverage">The load of the machine in the last minute, at the end.</param>
/// <param name="Workloads">What was measured.</param>
/// <param name="Bars">What it has to reach.</param>
internal sealed record CompareReport(
    string Processor, string Runtime, string? LibMount, int Rounds, string LoadAverage, IReadOnlyList<WorkloadResult> Workloads, IReadOnlyList<Bar> Bars);
