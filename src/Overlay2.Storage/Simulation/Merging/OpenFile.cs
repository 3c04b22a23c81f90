using Overlay2.Storage.Simulation.Backing;

namespace Overlay2.Storage.Simulation.Merging;

/// <summary>An open file of the overlay.</summary>
internal sealed class OpenFile(Journal journal, OverlayDentry dentry, OpenModes modes) : Journaled<OpenFile.State>(journal)
{
    public OverlayDentry Dentry { get; } = dentry;

    public OpenModes Modes { get; } = modes;

    /// <summary>The real object that was opened; a mapping of the file stays on it. Pinned while it is set.</summary>
    public BackingInode? Real { get => _state.Real; set => Edit().Real = value; }

    /// <summary>Whether a directory is read straight from its one layer.</summary>
    public bool ReadsReal { get => _state.ReadsReal; set => Edit().ReadsReal = value; }

    public bool WasRead { get => _state.WasRead; set => Edit().WasRead = value; }

    public bool IsAtEnd { get => _state.IsAtEnd; set => Edit().IsAtEnd = value; }

    public DirectoryListing? Listing { get => _state.Listing; set => Edit().Listing = value; }

    public int ListingPosition { get => _state.ListingPosition; set => Edit().ListingPosition = value; }

    public bool CanRead => (Modes & OpenModes.Read) != 0;

    public bool CanWrite => (Modes & OpenModes.Write) != 0;

    public bool IsPathOnly => (Modes & OpenModes.PathOnly) != 0;

    internal struct State
    {
        public BackingInode? Real;
        public bool ReadsReal;
        public bool WasRead;
        public bool IsAtEnd;
        public DirectoryListing? Listing;
        public int ListingPosition;
    }
}
