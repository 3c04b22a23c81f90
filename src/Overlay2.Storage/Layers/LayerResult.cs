using System.Diagnostics.CodeAnalysis;

namespace Overlay2.Storage.Layers;

/// <summary>What was read of a layer, or why not.</summary>
/// <typeparam name="T">What was to be read.</typeparam>
public readonly record struct LayerResult<T>
{
    internal LayerResult(T value) => Value = value;

    internal LayerResult(LayerProblem problem) => Problem = problem;

    /// <summary>What was read; the default where <see cref="Problem"/> is set.</summary>
    public T? Value { get; }

    /// <summary>Why nothing was read; <see langword="null"/> on success.</summary>
    public LayerProblem? Problem { get; }

    /// <summary>Whether it was read.</summary>
    [MemberNotNullWhen(false, nameof(Problem))]
    [MemberNotNullWhen(true, nameof(Value))]
    public bool IsRead => Problem is null;
}
