namespace Overlay2.Storage.Simulation.Merging;

/// <summary>What is known about an overlay inode.</summary>
[Flags]
internal enum OverlayInodeFlags
{
    None = 0,

    /// <summary>The upper directory carries the <c>impure</c> mark.</summary>
    Impure = 1,

    /// <summary>The directory must be read merged: it has several layers or may hold whiteouts.</summary>
    Whiteouts = 2,

    /// <summary>The object has an index entry.</summary>
    Index = 4,

    /// <summary>The upper object has its own data.</summary>
    UpperData = 8,

    /// <summary>The number of the lower origin is shown.</summary>
    ConstantNumber = 16,
}
