using System.Collections.Immutable;

namespace Overlay2.Storage.Configuration;

/// <summary>Whether an engine starts with a configuration on a host, and with which storage driver.</summary>
/// <remarks>Immutable and thread-safe.</remarks>
public sealed class EngineStart
{
    internal EngineStart(EngineStartOutcome outcome, string? driver, ImmutableArray<EngineProblem> problems)
    {
        Outcome = outcome;
        Driver = driver;
        Problems = problems;
    }

    /// <summary>Whether it starts.</summary>
    public EngineStartOutcome Outcome { get; }

    /// <summary>The storage driver it starts with, or the snapshotter of containerd's store; <see langword="null"/> if it does not or that is not known.</summary>
    public string? Driver { get; }

    /// <summary>What stops it or may stop it, and what goes wrong silently.</summary>
    public ImmutableArray<EngineProblem> Problems { get; }

    /// <summary>Outcome and driver in words.</summary>
    public override string ToString() => Driver is null ? $"{Outcome}" : $"{Outcome} with {Driver}";
}
