namespace Overlay2.Storage.Engines;

/// <summary>Why a <see cref="RecordReference"/> is not resolved.</summary>
public enum RecordReferenceReason
{
    /// <summary>It is resolved.</summary>
    None,

    /// <summary>Dangling: the store has no record of that id or name.</summary>
    NoSuchRecord,

    /// <summary>Dangling: there is no such layer directory, or a layer directory without the one that holds its files.</summary>
    NoSuchDirectory,

    /// <summary>Dangling: there is no file or link of that name; or, where the reference names nothing, the file that should name it is missing.</summary>
    NoSuchEntry,

    /// <summary>Dangling: the file or member that should name something is there, and empty.</summary>
    EmptyRecord,

    /// <summary>Dangling: what the record holds has not the form of such a name, or the record is no record at all.</summary>
    MalformedRecord,

    /// <summary>Dangling: a link leads to another layer than the one that it belongs to.</summary>
    LeadsElsewhere,

    /// <summary>Dangling: there is something of that name, which is of another type: a file in the place of a link.</summary>
    WrongType,

    /// <summary>Not known: a part of the store could not be read, see <see cref="ILayerStore.ReadProblems"/>.</summary>
    Unreadable,

    /// <summary>Not known: this library does not read what is referred to (a link in the place of a layer's directory), or the source does not hold it, such as a snapshot file of an earlier version.</summary>
    NotRead,

    /// <summary>Not known: what is referred to is, or may be, in another store.</summary>
    InAnotherStore,

    /// <summary>Not known: the layer's making was begun and not finished, so its directory need not be there.</summary>
    Unfinished,

    /// <summary>Not known: the store has more references than are followed, and this is the first that was not.</summary>
    TooMany,
}
