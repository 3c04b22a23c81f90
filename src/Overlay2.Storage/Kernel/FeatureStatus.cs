namespace Overlay2.Storage.Kernel;

/// <summary>Whether a kernel has a feature.</summary>
public enum FeatureStatus
{
    /// <summary>Nothing says so or otherwise.</summary>
    Unknown,

    /// <summary>The kernel lacks it.</summary>
    No,

    /// <summary>The kernel has it.</summary>
    Yes,
}
