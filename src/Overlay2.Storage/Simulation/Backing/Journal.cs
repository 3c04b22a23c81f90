namespace Overlay2.Storage.Simulation.Backing;

/// <summary>The undo log of a simulated world: records how to take each change back while somebody may ask for it.</summary>
/// <remarks>
/// Nothing is recorded when no mark is set, so plain simulation pays nothing; a mark costs constant time, undoing costs as much
/// as was changed since. Marks nest. Not thread-safe.
/// </remarks>
internal sealed class Journal
{
    private readonly List<Action> _undo = [];
    private int _marks;

    /// <summary>Whether changes must be recorded.</summary>
    public bool IsRecording => _marks > 0;

    /// <summary>A number that grows with each mark and each undo: state saved in this epoch need not be saved again.</summary>
    public long Epoch { get; private set; } = 1;

    /// <summary>Adds the way back of one change; call only while <see cref="IsRecording"/>.</summary>
    public void Add(Action undo) => _undo.Add(undo);

    /// <summary>Sets a mark to return to.</summary>
    public int Mark()
    {
        _marks++;
        Epoch++;
        return _undo.Count;
    }

    /// <summary>Takes back every change since the mark and drops the mark.</summary>
    public void Undo(int mark)
    {
        for (int i = _undo.Count - 1; i >= mark; i--)
            _undo[i]();
        _undo.RemoveRange(mark, _undo.Count - mark);
        Drop();
    }

    /// <summary>Drops a mark and keeps the changes; an older mark still takes them back.</summary>
    public void Keep() => Drop();

    private void Drop()
    {
        _marks--;
        Epoch++;
        if (_marks == 0)
            _undo.Clear();
    }
}
