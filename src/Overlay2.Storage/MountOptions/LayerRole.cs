namespace Overlay2.Storage.MountOptions;

/// <summary>What a directory is for an overlay.</summary>
public enum LayerRole
{
    /// <summary>A lower layer.</summary>
    Lower,

    /// <summary>A lower layer that gives only data, to files that name it.</summary>
    Data,

    /// <summary>The upper layer.</summary>
    Upper,

    /// <summary>The work directory.</summary>
    Work,
}
