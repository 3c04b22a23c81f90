namespace Overlay2.Storage.Engines;

/// <summary>How the search for what a record refers to ended.</summary>
internal readonly record struct RecordOutcome(RecordResolution Resolution, RecordReferenceReason Reason)
{
    public static RecordOutcome Resolved => new(RecordResolution.Resolved, RecordReferenceReason.None);

    public static RecordOutcome Unreadable => NotKnown(RecordReferenceReason.Unreadable);

    public static RecordOutcome Dangling(RecordReferenceReason reason) => new(RecordResolution.Dangling, reason);

    public static RecordOutcome NotKnown(RecordReferenceReason reason) => new(RecordResolution.NotKnown, reason);

    /// <summary>Nothing was found: dangling, unless the place where it would be was not read, or it can be in another store.</summary>
    public static RecordOutcome Absent(bool isUnread, RecordReferenceReason reason, bool canBeElsewhere = false) => (isUnread, canBeElsewhere) switch
    {
        (true, _) => Unreadable,
        (_, true) => NotKnown(RecordReferenceReason.InAnotherStore),
        _ => Dangling(reason),
    };

    /// <summary>That of a file which holds no name.</summary>
    public static RecordOutcome Of(StoreFile file) => file.State switch
    {
        StoreFileState.Missing => Dangling(RecordReferenceReason.NoSuchEntry),
        StoreFileState.Present => Dangling(RecordReferenceReason.EmptyRecord),
        _ => Unreadable,
    };

    /// <summary>That of a record of which nothing is known because of a problem.</summary>
    public static RecordOutcome Of(StoreProblem problem) => problem.Reason switch
    {
        StoreProblemReason.NotFound => Dangling(RecordReferenceReason.NoSuchEntry),
        StoreProblemReason.Malformed => Dangling(RecordReferenceReason.MalformedRecord),
        _ => Unreadable,
    };
}
