using System.Collections.Immutable;
using Overlay2.Storage.Diagnosis;

namespace Overlay2.Storage.Repair;

/// <summary>What carrying out a plan came to.</summary>
/// <remarks>Immutable and thread-safe.</remarks>
public sealed record RepairOutcome
{
    /// <summary>How it ended.</summary>
    public required RepairOutcomeStatus Status { get; init; }

    /// <summary>Why it ended so, for a person; empty for success.</summary>
    public string Reason { get; init; } = "";

    /// <summary>What became of the steps, in order, as far as it went.</summary>
    public ImmutableArray<RepairStepOutcome> Steps { get; init; } = [];

    /// <summary>The diagnosis at the end; <see langword="null"/> if it did not come to one.</summary>
    public DiagnosisReport? Report { get; init; }

    /// <summary>What a program exits with: 0 for success, 4 if refused, 1 otherwise.</summary>
    public int ExitCode => Status switch
    {
        RepairOutcomeStatus.Succeeded or RepairOutcomeStatus.RolledBack => 0,
        RepairOutcomeStatus.Refused => 4,
        _ => 1,
    };
}
