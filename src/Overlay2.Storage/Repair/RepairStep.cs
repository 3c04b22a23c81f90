using System.Collections.Immutable;

namespace Overlay2.Storage.Repair;

/// <summary>A step of a plan.</summary>
/// <remarks>Immutable and thread-safe.</remarks>
public sealed record RepairStep
{
    /// <summary>What it is for, in one sentence.</summary>
    public required string Title { get; init; }

    /// <summary>What it does.</summary>
    public required RepairAction Action { get; init; }

    /// <summary>What must hold right before it.</summary>
    public required ImmutableArray<RepairPredicate> Preconditions { get; init; }

    /// <summary>What holds afterwards; at least one. They do not all hold before, but for <see cref="RestartEngineAction"/> (an engine answers before and after it) and for a container that the engine starts by itself.</summary>
    public required ImmutableArray<RepairPredicate> Postconditions { get; init; }

    /// <summary>What it can cost.</summary>
    public required RepairRisk Risk { get; init; }

    /// <summary>Whether it can be undone.</summary>
    public RepairReversibility Reversibility => Undo.IsEmpty ? RepairReversibility.Irreversible : RepairReversibility.Reversible;

    /// <summary>What undoes it, in this order; empty if nothing does.</summary>
    public ImmutableArray<RepairAction> Undo { get; init; } = [];

    /// <summary>What workloads notice, in words.</summary>
    public string Effect { get; init; } = "none";

    /// <summary>The same as a line for a shell, to show; see <see cref="RepairPlan.ToShellScript"/> for one to run.</summary>
    public string ShellLine => Action.ToScript().Text;
}
