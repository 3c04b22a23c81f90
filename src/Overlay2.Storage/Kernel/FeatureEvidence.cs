namespace Overlay2.Storage.Kernel;

/// <summary>What is known about one feature of one kernel, and from where.</summary>
/// <param name="Status">Whether the kernel has the feature.</param>
/// <param name="Source">Where that comes from, for a person: the file, the probe or the release that says so.</param>
public sealed record FeatureEvidence(FeatureStatus Status, string Source)
{
    /// <summary>Nothing is known.</summary>
    public static FeatureEvidence None { get; } = new(FeatureStatus.Unknown, "not looked at");
}
