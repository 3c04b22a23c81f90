using System.Collections.Immutable;
using Overlay2.Storage.Kernel;

namespace Overlay2.Storage.Detection;

/// <summary>What a passive look at a machine told about its kernel.</summary>
/// <remarks>Immutable and thread-safe.</remarks>
public sealed class KernelDetection
{
    internal KernelDetection()
    {
    }

    /// <summary>The features with their evidence. Where the release could not be read, its text is empty and the version 0.0.</summary>
    public required KernelProfile Profile { get; init; }

    /// <summary>Whether a user without privileges can mount an overlay in a user namespace of his own.</summary>
    public required FeatureEvidence UnprivilegedMount { get; init; }

    /// <summary>Limits and settings that bear on mounts: user namespaces, number of mounts, security modules.</summary>
    public required ImmutableArray<KernelSetting> Settings { get; init; }

    /// <summary>Everything that was looked at, in that order.</summary>
    public required ImmutableArray<KernelSource> Sources { get; init; }

    /// <summary>Whether the release is more than plain numbers: a distribution's or own build, which may hold more than its number says.</summary>
    public required bool MayHoldBackports { get; init; }

    /// <summary>The setting of a name; <see langword="null"/> for a name that is not looked for.</summary>
    /// <param name="name">The name, as in <see cref="KernelSetting.Name"/>.</param>
    public KernelSetting? FindSetting(string name) => Settings.FirstOrDefault(s => string.Equals(s.Name, name, StringComparison.Ordinal));
}
