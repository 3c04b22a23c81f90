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

    /// <summary>The one engine that findings of this id are about by nature; <see langword="null"/> for an id that is about any.</summary>
    public StorageEngine? Engine { get; init; }

    /// <summary>Whether findings of this id are about the layout of the overlay2 driver, and so about stores that have it.</summary>
    public bool IsOfOverlayDriver { get; init; }

    /// <summary>Whether its rule looks at stores of an engine; a finding about no store, such as one about the kernel, concerns them all.</summary>
    /// <param name="engine">The engine.</param>
    public bool HoldsFor(StorageEngine engine)
    {
        ArgumentNullException.ThrowIfNull(engine);
        return (Engine is null || Engine == engine) && (!IsOfOverlayDriver || engine.HasOverlayDriverLayout);
    }
}
