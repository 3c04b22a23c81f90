using Overlay2.Storage.Engines;

namespace Overlay2.Storage.Diagnosis;

/// <summary>What findings of one id have in common.</summary>
/// <param name="Id">The id, such as <c>OVL0001</c>: stable for ever.</param>
/// <param name="Title">What is wrong, in a few words.</param>
/// <param name="Severity">How bad it usually is.</param>
/// <remarks>Immutable and thread-safe.</remarks>
public sealed record FindingDescriptor(string Id, string Title, FindingSeverity Severity)
{
    /// <summary>The page about it, relative to the root of this library's sources; symptom, evidence, cause, repair and risk.</summary>
    public string HelpLink { get; init; } = $"docs/findings/{Id}.md";

    /// <summary>The kinds of stores that its rule looks at; a finding about no store, such as one about the kernel, concerns them all.</summary>
    public LayerStoreKinds StoreKinds { get; init; } = LayerStoreKinds.All;

    /// <summary>Whether its rule looks at stores of a kind.</summary>
    /// <param name="kind">The kind.</param>
    public bool HoldsFor(LayerStoreKind kind) => (StoreKinds & (LayerStoreKinds)(1 << (int)kind)) != 0;
}
