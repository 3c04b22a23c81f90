namespace Overlay2.Storage.Simulation;

/// <summary>The flags of renameat2(2).</summary>
[Flags]
public enum RenameFlags
{
    /// <summary>An ordinary rename.</summary>
    None = 0,

    /// <summary>Fail if the target exists.</summary>
    NoReplace = 1,

    /// <summary>Exchange the two names.</summary>
    Exchange = 2,

    /// <summary>Leave a whiteout; overlayfs itself refuses it.</summary>
    Whiteout = 4,
}
