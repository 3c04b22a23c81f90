namespace Overlay2.Storage.Kernel;

/// <summary>A kernel that was tried, and whether it had the feature: what a release number alone does not tell, as with backports.</summary>
/// <param name="Version">The kernel that was tried.</param>
/// <param name="Present">Whether it had the feature.</param>
public readonly record struct FeatureSighting(KernelVersion Version, bool Present);
