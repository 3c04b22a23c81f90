namespace Overlay2.Storage.Repair;

/// <summary>Whether a step can be undone.</summary>
public enum RepairReversibility
{
    /// <summary>Its undo gives the state before.</summary>
    Reversible,

    /// <summary>What it did cannot be taken back: stopping a container that had lost its root file system, for instance.</summary>
    Irreversible,
}
