using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.Engines;

/// <summary>Which places of a store could not be read, so that what was not found there need not be missing.</summary>
internal sealed class UnreadParts
{
    private readonly HashSet<BytePath> _paths = [];
    private readonly bool _isChanging;

    public UnreadParts(IEnumerable<StoreProblem> problems)
    {
        foreach (StoreProblem problem in problems)
        {
            // What is not there was read: it is known to hold nothing.
            if (problem.Reason == StoreProblemReason.NotFound)
                continue;
            _paths.Add(problem.Path);
            _isChanging |= problem.Reason == StoreProblemReason.Changed;
        }
    }

    /// <summary>Whether a place, or one that it is in, could not be read; or the store changed while it was, so that nothing of it is of one moment.</summary>
    public bool Hold(BytePath path)
    {
        if (_isChanging)
            return true;
        if (_paths.Count == 0)
            return false;
        while (!_paths.Contains(path))
        {
            if (!path.TryGetParent(out path))
                return false;
        }

        return true;
    }

    /// <summary>Whether a directory or one directly in it could not be read.</summary>
    /// <param name="directory">The directory.</param>
    /// <param name="except">One in it that does not count.</param>
    public bool HoldAnyIn(BytePath directory, BytePath except)
    {
        foreach (BytePath path in _paths)
        {
            if (path != except && path.TryGetParent(out BytePath parent) && parent == directory)
                return true;
        }

        return Hold(directory);
    }
}
