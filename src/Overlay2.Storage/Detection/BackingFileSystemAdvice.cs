using System.Collections.Immutable;
using Overlay2.Storage.Kernel;

namespace Overlay2.Storage.Detection;

/// <summary>What is said of a file system below overlays.</summary>
/// <param name="Type">The type, as mountinfo names it; empty for one whose magic number is not known here.</param>
/// <param name="Magic">The magic number of statfs(2).</param>
/// <param name="Upper">As upper and work directory: where containers write.</param>
/// <param name="Lower">As lower layer: read only.</param>
/// <param name="EntryTypes">Whether directory entries have types (d_type; of xfs: ftype=1), and how that was found out.</param>
/// <param name="Reasons">Why, and what to do: sentences for a person, the most important first.</param>
/// <remarks>Immutable and thread-safe.</remarks>
public sealed record BackingFileSystemAdvice(
    string Type,
    uint Magic,
    BackingFileSystemStatus Upper,
    BackingFileSystemStatus Lower,
    FeatureEvidence EntryTypes,
    ImmutableArray<string> Reasons)
{
    private const string KernelVersions =
        "Old manuals ask for Linux 4.0 (several lower layers): vendor kernels have that with lower numbers, so try it instead of comparing.";

    /// <summary>What is said of a type, whichever machine it is on.</summary>
    /// <param name="magic">The magic number of statfs(2).</param>
    /// <param name="entryTypes">Whether directory entries have types.</param>
    /// <remarks>Source: the kernel's document filesystems/overlayfs, moby's manual of the overlay2 driver, and experiments on Linux 6.18.</remarks>
    public static BackingFileSystemAdvice For(uint magic, FeatureEvidence entryTypes)
    {
        ArgumentNullException.ThrowIfNull(entryTypes);
        BackingFileSystemType type = BackingFileSystemType.Find(magic);
        BackingFileSystemStatus upper = type.Upper;
        ImmutableArray<string> reasons = [.. type.Reasons, KernelVersions];
        if (entryTypes.Status == FeatureStatus.No)
        {
            upper = BackingFileSystemStatus.Unsupported;
            reasons = reasons.Insert(0, type.Name == "xfs"
                ? "It was formatted with ftype=0: whiteouts become visible. Copy the data to one made with mkfs.xfs -n ftype=1; it can not be switched."
                : "Directory entries have no types (no d_type): whiteouts become visible. ext4 needs the feature filetype.");
        }
        else if (entryTypes.Status == FeatureStatus.Unknown && upper == BackingFileSystemStatus.Recommended && type.NeedsEntryTypes)
        {
            upper = BackingFileSystemStatus.Limited;
            reasons = reasons.Insert(0, "Right only if directory entries have types (ftype=1), which is not known here: make a file in the directory, and look again.");
        }

        return new BackingFileSystemAdvice(type.Name, magic, upper, type.Lower, entryTypes, reasons);
    }
}
