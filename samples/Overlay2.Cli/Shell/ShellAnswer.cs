using Overlay2.Storage.Kernel;
using Overlay2.Storage.Simulation;

namespace Overlay2.Cli.Shell;

/// <summary>What one call answered.</summary>
/// <param name="Error">The error.</param>
/// <param name="Values">Values by name.</param>
/// <param name="Effects">What it did below.</param>
internal sealed record ShellAnswer(LinuxError Error, IReadOnlyList<(string Name, string Value)> Values, IReadOnlyList<Effect> Effects)
{
    public static ShellAnswer Of(OperationResult result) => new(result.Error, [], result.Effects);

    public static ShellAnswer Of<T>(OperationResult<T> result, Func<T, IEnumerable<(string Name, string Value)>> values) =>
        new(result.Error, result.IsSuccess ? [.. values(result.Value)] : [], result.Effects);
}
