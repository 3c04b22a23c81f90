using Overlay2.Storage.Bytes;
using Overlay2.Storage.Simulation.Backing;

namespace Overlay2.Storage.Simulation.Merging;

/// <summary>The merged list of a directory, made at the first read and shared by the open files of that time.</summary>
internal sealed class DirectoryListing(long version, List<DirectoryListing.Entry> entries)
{
    /// <summary>The version of the directory the list was made of.</summary>
    public long Version { get; } = version;

    public List<Entry> Entries { get; } = entries;

    /// <summary>One name of a list.</summary>
    internal sealed class Entry
    {
        public required ByteString Name { get; init; }

        public required BackingInode Real { get; init; }

        /// <summary>Whether the name comes from the upper layer.</summary>
        public bool IsUpper { get; init; }

        public bool IsWhiteout { get; set; }

        /// <summary>Whether the object must be looked up to know that it is no attribute whiteout.</summary>
        public bool NeedsWhiteoutCheck { get; init; }

        /// <summary>Whether the number must be worked out from the overlay object.</summary>
        public bool NeedsNumber { get; set; }

        /// <summary>The number to show once known; <see langword="null"/> for that of <see cref="Real"/>.</summary>
        public InodeIdentity? Identity { get; set; }
    }
}
