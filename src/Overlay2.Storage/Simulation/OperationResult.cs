using Overlay2.Storage.Kernel;

namespace Overlay2.Storage.Simulation;

/// <summary>What a system call on the overlay would answer, and what it did below.</summary>
/// <param name="Error">Zero or the error number.</param>
/// <param name="Effects">The work behind the answer, in order; a failed operation may have effects too.</param>
public readonly record struct OperationResult(LinuxError Error, IReadOnlyList<Effect> Effects)
{
    /// <summary>Whether the call succeeds.</summary>
    public bool IsSuccess => Error == LinuxError.OK;
}
