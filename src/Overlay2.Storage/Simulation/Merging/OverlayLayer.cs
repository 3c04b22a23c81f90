using Overlay2.Storage.Simulation.Backing;

namespace Overlay2.Storage.Simulation.Merging;

/// <summary>One layer of a mount: 0 is the upper, then the lowers from the top, then the data-only lowers.</summary>
internal sealed class OverlayLayer(int index, BackingInode root, int fileSystemId, Journal journal)
{
    private bool _hasAttributeWhiteouts;

    public int Index { get; } = index;

    public BackingInode Root { get; } = root;

    /// <summary>The place of the layer's file system in the mount's table; 0 is the upper's.</summary>
    public int FileSystemId { get; } = fileSystemId;

    /// <summary>Whether a directory with <c>opaque=x</c> was seen, so that regular files may be whiteouts.</summary>
    public bool HasAttributeWhiteouts
    {
        get => _hasAttributeWhiteouts;
        set
        {
            if (_hasAttributeWhiteouts == value)
                return;
            _hasAttributeWhiteouts = value;
            if (journal.IsRecording)
                journal.Add(() => _hasAttributeWhiteouts = !value);
        }
    }
}
