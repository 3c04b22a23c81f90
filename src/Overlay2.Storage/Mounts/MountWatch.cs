using System.Collections.Immutable;

namespace Overlay2.Storage.Mounts;

/// <summary>The changes of one mount table since it was first read, for one reader.</summary>
/// <remarks>
/// <para>From <see cref="MountWatcher.Watch"/>. Changes are net changes: what came and went between two looks is not told, and a
/// reader that is slow gets the difference to the newest table, so that nothing piles up. Applied to the table so far, they
/// always give a table that the kernel had.</para>
/// <para>Can be enumerated once, by one reader; <see cref="Table"/> and <see cref="Dispose"/> can be used by any thread. An open watch
/// keeps the mount namespace alive, also after its last process ended.</para>
/// </remarks>
public sealed class MountWatch : IAsyncEnumerable<MountChange>, IDisposable
{
    private readonly MountWatcher _watcher;
    private readonly Lock _lock = new();
    private MountTable _latest;
    private Exception? _failure;
    private TaskCompletionSource? _waiting;
    private bool _isEnded;
    private bool _isEnumerated;

    internal MountWatch(MountWatcher watcher, MountInfoFile source, MountWatcherOptions options)
    {
        _watcher = watcher;
        Watched = new WatchedTable(source, options.TextOnly);
        Table = _latest = Watched.Table;
    }

    /// <summary>The table that the changes given so far lead to; at first the one that was read when the watch began.</summary>
    public MountTable Table { get; private set; }

    /// <summary>Belongs to the watcher's thread.</summary>
    internal WatchedTable Watched { get; }

    /// <summary>When to look at what was announced, as a timestamp of the clock; belongs to the watcher's thread.</summary>
    internal long? LookAt { get; set; }

    /// <summary>When to look at everything, after looks that only followed events; belongs to the watcher's thread.</summary>
    internal long? FullLookAt { get; set; }

    /// <summary>Not to look before, so that looking takes a bounded part of the time; belongs to the watcher's thread.</summary>
    internal long NotBefore { get; set; }

    internal bool IsEnded
    {
        get
        {
            lock (_lock)
                return _isEnded;
        }
    }

    /// <summary>Waits for changes. Ends when the watch or its watcher is disposed.</summary>
    /// <param name="cancellationToken">Ends the waiting with an <see cref="OperationCanceledException"/>.</param>
    /// <exception cref="InvalidOperationException">The watch was enumerated before.</exception>
    /// <exception cref="MountTableException">The table can not be read any more.</exception>
    public async IAsyncEnumerator<MountChange> GetAsyncEnumerator(CancellationToken cancellationToken = default)
    {
        lock (_lock)
        {
            if (_isEnumerated)
                throw new InvalidOperationException("A watch can be enumerated once.");
            _isEnumerated = true;
        }

        while (await WaitAsync(cancellationToken).ConfigureAwait(false) is { } next)
        {
            ImmutableArray<MountChange> changes = MountChange.Between(Table, next);
            Table = next;
            foreach (MountChange change in changes)
            {
                cancellationToken.ThrowIfCancellationRequested();
                yield return change;
            }
        }
    }

    /// <summary>Ends the watch.</summary>
    public void Dispose()
    {
        End(failure: null);
        _watcher.Wake();
    }

    internal void Publish(MountTable table)
    {
        lock (_lock)
        {
            _latest = table;
            Signal();
        }
    }

    internal void End(Exception? failure)
    {
        lock (_lock)
        {
            if (_isEnded)
                return;
            _isEnded = true;
            _failure = failure;
            Signal();
        }
    }

    /// <summary>The newest table, once it is another than the reader has; <see langword="null"/> at the end.</summary>
    private async ValueTask<MountTable?> WaitAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            Task signal;
            lock (_lock)
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (!ReferenceEquals(_latest, Table))
                    return _latest;
                if (_isEnded)
                    return _failure is null ? null : throw _failure;
                _waiting = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                signal = _waiting.Task;
            }

            await signal.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private void Signal()
    {
        _waiting?.TrySetResult();
        _waiting = null;
    }
}
