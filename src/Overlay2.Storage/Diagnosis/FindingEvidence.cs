namespace Overlay2.Storage.Diagnosis;

/// <summary>What a finding rests on.</summary>
/// <param name="Source">Where it was seen: <c>mountinfo</c>, <c>processes</c>, a file of the store or of the configuration.</param>
/// <param name="Text">What was seen, in words for a person.</param>
/// <remarks>Immutable and thread-safe.</remarks>
public sealed record FindingEvidence(string Source, string Text)
{
    /// <summary>Source and text.</summary>
    public override string ToString() => $"{Source}: {Text}";
}
