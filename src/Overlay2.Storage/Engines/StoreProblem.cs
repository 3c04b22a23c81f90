using Overlay2.Storage.Bytes;
using Overlay2.Storage.Configuration;

namespace Overlay2.Storage.Engines;

/// <summary>Something in a store that could not be read or understood. The rest of the store was read all the same.</summary>
/// <param name="Path">Where: the path on the host, below the host root.</param>
/// <param name="Operation">What the reader was doing.</param>
/// <param name="Reason">Why it did not work.</param>
/// <param name="Detail">What exactly: the name of the kernel's error, or what was found instead; may be empty.</param>
public sealed record StoreProblem(BytePath Path, StoreOperation Operation, StoreProblemReason Reason, string Detail)
{
    /// <summary>A configuration file that could not be used.</summary>
    internal static StoreProblem Of(TomlProblem problem) => problem.IsRead
        ? new StoreProblem(problem.Path, StoreOperation.Parse, StoreProblemReason.Malformed, problem.Detail)
        : new StoreProblem(problem.Path, StoreOperation.Read, StoreProblemReason.InputOutput, problem.Detail);

    /// <summary>One line for showing.</summary>
    public override string ToString() => Detail.Length == 0 ? $"{Path}: {Operation}: {Reason}" : $"{Path}: {Operation}: {Reason} ({Detail})";
}
