namespace Overlay2.Storage.Benchmarks.Simulator;

/// <summary>A freshly mounted overlay on which operations are done.</summary>
internal interface IOperationTarget : IDisposable
{
    /// <summary>Does an operation.</summary>
    /// <returns>What it answers (bytes, entries, or type, mode and size), or the error number, negative.</returns>
    long Run(Operation operation);
}
