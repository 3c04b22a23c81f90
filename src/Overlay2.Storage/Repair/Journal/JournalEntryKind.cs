namespace Overlay2.Storage.Repair.Journal;

/// <summary>What a line of a journal tells.</summary>
internal enum JournalEntryKind
{
    /// <summary>The journal was begun; its text says which file it is in.</summary>
    Begun,

    /// <summary>A step is about to be done.</summary>
    Intent,

    /// <summary>It is done.</summary>
    Done,

    /// <summary>An earlier step already did it.</summary>
    Skipped,

    /// <summary>It could not be done.</summary>
    Failed,

    /// <summary>A step is about to be undone.</summary>
    UndoIntent,

    /// <summary>It is undone.</summary>
    Undone,

    /// <summary>The run ended well.</summary>
    Ended,

    /// <summary>Everything is undone.</summary>
    RolledBack,
}
