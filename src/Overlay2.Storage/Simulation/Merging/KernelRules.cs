using Overlay2.Storage.Kernel;
using Overlay2.Storage.Simulation.Backing;

namespace Overlay2.Storage.Simulation.Merging;

/// <summary>How kernels differ in what the simulator does; the defaults are those of Linux 6.18.</summary>
internal sealed record KernelRules
{
    /// <summary>The ways of a kernel, from what is known of its features.</summary>
    public static KernelRules From(KernelProfile profile) => new()
    {
        HasTemporaryFiles = profile.Supports(OverlayFeatures.TemporaryFiles),
        EscapesAttributes = profile.Supports(OverlayFeatures.EscapedXattr),
        HasAttributeWhiteouts = profile.Supports(OverlayFeatures.XattrWhiteout),
        AlwaysMarksNewDirectories = !profile.Supports(OverlayFeatures.ConditionalOpaque),
        HasProtectionMark = profile.Supports(OverlayFeatures.ProtectedAttributes),
        TmpfsHasFlags = profile.Supports(OverlayFeatures.TmpfsFileFlags),
        TmpfsHasUserAttributes = profile.Supports(OverlayFeatures.TmpfsUserXattr),
        HasUuidMark = profile.Supports(OverlayFeatures.UuidAttribute),
        SocketsHaveUserAttributes = profile.Supports(OverlayFeatures.SocketUserXattr),
        ChecksAncestorsFirst = profile.Supports(OverlayFeatures.ExchangeChecksAncestorFirst),
        IgnoresIndexLink = profile.Supports(OverlayFeatures.NfsExportLinkCount),
        CopiesRangesAcrossFileSystems = !profile.Supports(OverlayFeatures.CopyRangeSameFileSystem),
        AllocationKeepsTime = !profile.Supports(OverlayFeatures.KeepSizeSetsTime),
        ChecksMarksBeforeNextLayer = profile.Supports(OverlayFeatures.DataOnlyWithoutMetacopy),
        FollowsCopyUp = profile.Supports(OverlayFeatures.StackedFileOperations),
        HasRedirects = profile.Supports(OverlayFeatures.RedirectDir),
        KeepsNumbers = profile.Supports(OverlayFeatures.ConstantInode),
        KeepsNumbersOfOtherFileSystems = profile.Supports(OverlayFeatures.Xino),
        MarksImpure = profile.Supports(OverlayFeatures.Impure),
        SharesWhiteouts = profile.Supports(OverlayFeatures.SharedWhiteout),
        KeepsHoles = profile.Supports(OverlayFeatures.HolesKept),
        SharesBlocks = profile.Supports(OverlayFeatures.Clone),
        SkipsRefusedAttributes = profile.Supports(OverlayFeatures.RemoteUpper),
        CountsPlainHandles = profile.Supports(OverlayFeatures.PlainHandles32),
    };

    /// <summary>A file system under this kernel.</summary>
    public BackingFileSystem NewFileSystem(SimulatedFileSystem description, ReadOnlySpan<byte> uuid, SimulationClock clock, Journal journal) =>
        new(description.Kind, uuid, description.BlockLimit, clock, journal)
        {
            SharesBlocks = description.SharesBlocks,
            LastNumber = description.LastInodeNumber,
            HoldsUserAttributes = description.Kind != SimulatedFileSystemKind.Tmpfs || TmpfsHasUserAttributes,
            SocketsHoldUserAttributes = SocketsHaveUserAttributes,
            AllocationKeepsTime = AllocationKeepsTime,
        };

    /// <summary>Whether O_TMPFILE works in an overlay (6.10).</summary>
    public bool HasTemporaryFiles { get; init; } = true;

    /// <summary>Whether a user's <c>overlay.*</c> attribute is stored under an escaped name instead of being refused (6.7).</summary>
    public bool EscapesAttributes { get; init; } = true;

    /// <summary>Whether regular files with a whiteout attribute hide a name (6.7).</summary>
    public bool HasAttributeWhiteouts { get; init; } = true;

    /// <summary>Whether every directory made in a merged one is marked opaque, whatever features are on (before 5.14).</summary>
    public bool AlwaysMarksNewDirectories { get; init; }

    /// <summary>Whether immutable and append-only are kept in the <c>protattr</c> mark instead of the real inode, and flags are copied up; setting them copies no data (5.15).</summary>
    public bool HasProtectionMark { get; init; } = true;

    /// <summary>Whether tmpfs has file flags (6.0).</summary>
    public bool TmpfsHasFlags { get; init; } = true;

    /// <summary>Whether tmpfs has user.* attributes (6.6).</summary>
    public bool TmpfsHasUserAttributes { get; init; } = true;

    /// <summary>Whether <c>overlay.uuid</c> is written to the upper root (6.6).</summary>
    public bool HasUuidMark { get; init; } = true;

    /// <summary>Whether user.* attributes of sockets can be set (7.1).</summary>
    public bool SocketsHaveUserAttributes { get; init; }

    /// <summary>Whether rename looks for an ancestor before it looks at trailing slashes (after 6.18).</summary>
    public bool ChecksAncestorsFirst { get; init; }

    /// <summary>Whether an index entry counts as no link of a file that is no hard link (7.3).</summary>
    public bool IgnoresIndexLink { get; init; }

    /// <summary>Whether copy_file_range between different real file systems works (before 5.19, with backports).</summary>
    public bool CopiesRangesAcrossFileSystems { get; init; }

    /// <summary>Whether a metacopy or redirect that the mount does not follow is refused before the next layer is looked at, even if nothing is there (6.16).</summary>
    public bool ChecksMarksBeforeNextLayer { get; init; } = true;

    /// <summary>Whether a file that was opened for reading shows the upper data after a copy-up (4.19).</summary>
    public bool FollowsCopyUp { get; init; } = true;

    /// <summary>Whether redirects are known at all (4.10).</summary>
    public bool HasRedirects { get; init; } = true;

    /// <summary>Whether a copied-up object remembers its origin and keeps the number of it, on one file system (4.12).</summary>
    public bool KeepsNumbers { get; init; } = true;

    /// <summary>Whether it does so over several file systems too (4.17).</summary>
    public bool KeepsNumbersOfOtherFileSystems { get; init; } = true;

    /// <summary>Whether directories that hold copied-up objects are marked (4.13).</summary>
    public bool MarksImpure { get; init; } = true;

    /// <summary>Whether all whiteouts of a mount are links of one (5.8).</summary>
    public bool SharesWhiteouts { get; init; } = true;

    /// <summary>Whether a copy-up looks for holes (5.6).</summary>
    public bool KeepsHoles { get; init; } = true;

    /// <summary>Whether a copy-up shares blocks where the file system can (4.10).</summary>
    public bool SharesBlocks { get; init; } = true;

    /// <summary>Whether a copy-up leaves out attributes that the upper file system does not know, instead of failing (5.7).</summary>
    public bool SkipsRefusedAttributes { get; init; } = true;

    /// <summary>Whether xino counts 32 free bits in the numbers of file systems with plain handles, such as ext4.</summary>
    public bool CountsPlainHandles { get; init; } = true;

    /// <summary>Whether FALLOC_FL_KEEP_SIZE leaves the modification time alone on ext4 (old 5.10).</summary>
    public bool AllocationKeepsTime { get; init; }
}
