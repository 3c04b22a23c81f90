namespace Overlay2.Storage.Hosts;

/// <summary>What is in the place of a store.</summary>
public enum HomeCoverKind
{
    /// <summary>A bind of the directory on itself, which hides the mounts below.</summary>
    SelfBind,

    /// <summary>A mount of something else, which hides mounts or layers below.</summary>
    Foreign,

    /// <summary>A mount that hides no other, with none of the layers that the records name.</summary>
    Empty,

    /// <summary>The directory below a file system that belongs there and is not mounted.</summary>
    LostDisk,
}
