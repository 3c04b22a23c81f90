using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Overlay2.Storage.Repair.Actions;
using Overlay2.Storage.Repair.Predicates;

namespace Overlay2.Storage.Repair;

/// <summary>A step of a plan.</summary>
/// <remarks>
/// Immutable and thread-safe. A planner makes it, and an executor does it; a caller reads what it does by its kind, its conditions in words and its line
/// for a shell. Everything that it holds is in <see cref="RepairPlan.ToJson"/>.
/// </remarks>
public sealed record RepairStep
{
    [JsonConstructor]
    internal RepairStep()
    {
    }

    /// <summary>What it is for, in one sentence.</summary>
    public required string Title { get; init; }

    /// <summary>What it does.</summary>
    [JsonInclude, JsonRequired]
    internal RepairAction Action { get; init; } = null!;

    /// <summary>What must hold right before it.</summary>
    [JsonInclude, JsonRequired]
    internal ImmutableArray<RepairPredicate> Preconditions { get; init; }

    /// <summary>What holds afterwards; at least one. They do not all hold before, but for a start of the engine (one answers before and after it) and for a container that the engine starts by itself.</summary>
    [JsonInclude, JsonRequired]
    internal ImmutableArray<RepairPredicate> Postconditions { get; init; }

    /// <summary>What it can cost.</summary>
    public required RepairRisk Risk { get; init; }

    /// <summary>Whether it can be undone.</summary>
    public RepairReversibility Reversibility => Undo.IsEmpty ? RepairReversibility.Irreversible : RepairReversibility.Reversible;

    /// <summary>What undoes it, in this order; empty if nothing does.</summary>
    [JsonInclude, JsonRequired]
    internal ImmutableArray<RepairAction> Undo { get; init; } = [];

    /// <summary>What workloads notice, in words.</summary>
    [JsonRequired]
    public string Effect { get; init; } = "none";

    /// <summary>What it does, as one word: the name in the plan's JSON, such as <c>unmount</c>, <c>bind</c>, <c>replaceEntry</c>, <c>moveEntry</c> or <c>container</c>.</summary>
    /// <remarks>A name keeps its meaning; a later version may know more of them.</remarks>
    public string Kind => KindNames.Of(Action);

    /// <summary>What must hold right before it, in words for a person, in the order in which it is tested.</summary>
    public ImmutableArray<string> Requires => [.. Preconditions.Select(condition => condition.Describe())];

    /// <summary>What holds afterwards, in words for a person, in the order in which it is tested; at least one.</summary>
    public ImmutableArray<string> Ensures => [.. Postconditions.Select(condition => condition.Describe())];

    /// <summary>The same as a line for a shell, to show; see <see cref="RepairPlan.ToShellScript"/> for one to run.</summary>
    public string ShellLine => Action.ToScript().Text;

    /// <summary>What undoes it, in this order, as lines for a shell, to show; empty if nothing does. A rollback does more: it looks first.</summary>
    public ImmutableArray<string> UndoShellLines => [.. Undo.Select(action => action.ToScript().Text)];

    /// <summary>Whether a step says the same, down to its conditions and its undo: such as that of the same plan, read once more.</summary>
    /// <param name="other">The other step.</param>
    public bool Equals(RepairStep? other) => other is not null && Title == other.Title && Action == other.Action && Risk == other.Risk && Effect == other.Effect
        && Preconditions.AsSpan().SequenceEqual(other.Preconditions.AsSpan()) && Postconditions.AsSpan().SequenceEqual(other.Postconditions.AsSpan())
        && Undo.AsSpan().SequenceEqual(other.Undo.AsSpan());

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Title, Risk, Effect);
}
