using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.Engines;

/// <summary>A record of a store that refers to another one, and whether that one is there.</summary>
/// <remarks>
/// Immutable and thread-safe. Computed from what was read of one store alone: where a mount covers a store the layers below it look missing
/// here too, and only the host's mount table tells them from lost ones. A dangling reference is a fact and not yet a fault: engines keep
/// containers whose image was removed by force, for instance.
/// </remarks>
/// <param name="From">The record that refers.</param>
/// <param name="Source">The file, link or directory on the host that says so.</param>
/// <param name="To">What it refers to.</param>
/// <param name="Resolution">Whether that is there.</param>
/// <param name="Reason">Why not; <see cref="RecordReferenceReason.None"/> where it is.</param>
public sealed record RecordReference(RecordIdentity From, BytePath Source, RecordIdentity To, RecordResolution Resolution, RecordReferenceReason Reason)
{
    /// <summary>Whether it is known that the reference leads nowhere.</summary>
    public bool IsDangling => Resolution == RecordResolution.Dangling;

    /// <summary>One line for showing.</summary>
    public override string ToString() => Resolution == RecordResolution.Resolved ? $"{From} -> {To} ({Source})" : $"{From} -> {To} ({Source}): {Resolution}, {Reason}";
}
