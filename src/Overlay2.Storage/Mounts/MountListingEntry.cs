using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.Mounts;

/// <summary>One line of a <see cref="MountListing"/>.</summary>
/// <remarks>Immutable and thread-safe. The values are slices of the text, just as mount(8) printed them.</remarks>
public sealed class MountListingEntry
{
    internal MountListingEntry()
    {
    }

    /// <summary>The number of the line; the first line is 1.</summary>
    public int LineNumber { get; internal init; }

    /// <summary>What was mounted; may be empty.</summary>
    public ByteString Source { get; internal init; }

    /// <summary>Where it is mounted.</summary>
    public BytePath MountPoint { get; internal init; }

    /// <summary>The type of the file system.</summary>
    public ByteString FileSystemType { get; internal init; }

    /// <summary>The options of the mount and of the super block in one list; the octal level is decoded already, so that a comma
    /// may be part of a value.</summary>
    public ByteString Options { get; internal init; }

    /// <summary>The label of the file system, which <c>mount -l</c> adds; empty if there is none.</summary>
    public ByteString Label { get; internal init; }

    /// <summary>Whether the line can be read in another way too, because a name in it looks like a part of the line.</summary>
    /// <remarks>The reading given is the one with the shortest source and the longest mount point.</remarks>
    public bool IsAmbiguous { get; internal init; }

    /// <summary>Whether the mount point is certain: it holds no <c>?</c>, which mount(8) also prints for control bytes.</summary>
    public bool IsMountPointExact => !MountPoint.Span.Contains((byte)'?');

    /// <summary>The last later line that is mounted on the same directory or on one above it, and so may hide this mount;
    /// <see langword="null"/> if there is none.</summary>
    /// <remarks>A suspicion only: without parent ids no reading of the text can tell. mountinfo can (<see cref="MountTable"/>).</remarks>
    public MountListingEntry? SuspectedHiddenBy { get; private init; }

    internal MountListingEntry WithSuspectedCover(MountListingEntry cover) => new()
    {
        LineNumber = LineNumber,
        Source = Source,
        MountPoint = MountPoint,
        FileSystemType = FileSystemType,
        Options = Options,
        Label = Label,
        IsAmbiguous = IsAmbiguous,
        SuspectedHiddenBy = cover,
    };
}
