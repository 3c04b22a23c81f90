namespace Overlay2.Storage.Simulation.Backing;

/// <summary>The pieces that pages of a file consist of, in order; each is looked for when it is reached.</summary>
internal struct PagePieces(FileContent content, long first, long end)
{
    private long _next = first;

    public PageRun Current { get; private set; }

    public readonly PagePieces GetEnumerator() => this;

    public bool MoveNext()
    {
        if (_next >= end)
            return false;
        Current = content.PieceAt(_next, end);
        _next = Current.End;
        return true;
    }
}
