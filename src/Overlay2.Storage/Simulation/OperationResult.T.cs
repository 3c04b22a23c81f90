using Overlay2.Storage.Kernel;

namespace Overlay2.Storage.Simulation;

/// <summary>What a system call that returns something would answer, and what it did below.</summary>
/// <typeparam name="T">What it returns.</typeparam>
/// <param name="Error">Zero or the error number.</param>
/// <param name="Value">The value; meaningful on success only.</param>
/// <param name="Effects">The work behind the answer, in order; a failed operation may have effects too.</param>
public readonly record struct OperationResult<T>(LinuxError Error, T Value, IReadOnlyList<Effect> Effects)
{
    /// <summary>Whether the call succeeds.</summary>
    public bool IsSuccess => Error == LinuxError.OK;
}
