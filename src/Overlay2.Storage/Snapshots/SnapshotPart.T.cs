using System.Diagnostics.CodeAnalysis;

namespace Overlay2.Storage.Snapshots;

/// <summary>A part of a snapshot: known, or not known with the reason. Parts are taken independently: one that failed leaves the others.</summary>
/// <typeparam name="T">What the part holds; immutable.</typeparam>
/// <remarks>Immutable and thread-safe. Made by <see cref="SnapshotPart"/>.</remarks>
public sealed record SnapshotPart<T>
    where T : notnull
{
    private readonly T? _value;

    internal SnapshotPart(SnapshotPartStatus status, T? value, string reason)
    {
        Status = status;
        _value = value;
        Reason = reason;
    }

    /// <summary>Whether the part is known.</summary>
    public SnapshotPartStatus Status { get; }

    /// <summary>Why the part is not known, in words for a person; empty if it is.</summary>
    public string Reason { get; }

    /// <summary>Whether there is a <see cref="Value"/>.</summary>
    public bool IsKnown => Status == SnapshotPartStatus.Known;

    /// <summary>The part.</summary>
    /// <exception cref="InvalidOperationException">It is not known.</exception>
    public T Value => IsKnown ? _value! : throw new InvalidOperationException($"This part of the snapshot is not known: {Reason}");

    /// <summary>Whether what the snapshot may not hold was taken out of this very part, so that nobody need look again.</summary>
    internal bool IsWithoutSecrets { get; init; }

    /// <summary>Whether both say the same.</summary>
    /// <param name="other">The other part.</param>
    public bool Equals(SnapshotPart<T>? other) =>
        ReferenceEquals(this, other) || (other is not null && Status == other.Status && Reason == other.Reason && EqualityComparer<T?>.Default.Equals(_value, other._value));

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Status, _value, Reason);

    /// <summary>The part, if it is known.</summary>
    /// <param name="value">The part.</param>
    /// <returns><see langword="false"/> if it is not known.</returns>
    public bool TryGet([MaybeNullWhen(false)] out T value)
    {
        value = _value;
        return IsKnown;
    }

    /// <summary>What follows from the part; not known, for the same reason, where the part is not.</summary>
    /// <typeparam name="TResult">What follows.</typeparam>
    /// <param name="select">Computes it.</param>
    public SnapshotPart<TResult> Select<TResult>(Func<T, TResult> select)
        where TResult : notnull
    {
        ArgumentNullException.ThrowIfNull(select);
        return IsKnown ? new SnapshotPart<TResult>(Status, select(_value!), "") : new SnapshotPart<TResult>(Status, default, Reason);
    }

    /// <summary>The value, or why there is none.</summary>
    public override string ToString() => IsKnown ? $"{_value}" : $"{Status}: {Reason}";
}
