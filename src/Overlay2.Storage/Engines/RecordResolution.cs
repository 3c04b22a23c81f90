namespace Overlay2.Storage.Engines;

/// <summary>Whether what a record refers to is there.</summary>
public enum RecordResolution
{
    /// <summary>It could not be found out: a part of the store was not read.</summary>
    NotKnown,

    /// <summary>It is there.</summary>
    Resolved,

    /// <summary>It is not there, or the record that should name it holds no name; that is known.</summary>
    Dangling,
}
