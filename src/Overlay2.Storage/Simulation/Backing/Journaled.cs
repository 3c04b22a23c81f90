namespace Overlay2.Storage.Simulation.Backing;

/// <summary>An object whose changes the journal can take back: all of its state is kept as it was, once in each epoch.</summary>
internal abstract class Journaled<TState>(Journal journal)
    where TState : struct
{
    protected readonly Journal _journal = journal;

    /// <summary>The state, for reading, and for what the journal need not know: that of an object that is just being made.</summary>
    protected TState _state;
    private long _saved;

    /// <summary>The state for changing.</summary>
    protected ref TState Edit()
    {
        if (_journal.IsRecording && _saved != _journal.Epoch)
        {
            _saved = _journal.Epoch;
            TState old = _state;
            _journal.Add(() => _state = old);
        }

        return ref _state;
    }
}
