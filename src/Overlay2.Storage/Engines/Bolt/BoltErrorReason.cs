namespace Overlay2.Storage.Engines.Bolt;

/// <summary>Why a database could not be read.</summary>
internal enum BoltErrorReason
{
    /// <summary>Neither meta page is one of a database of this format.</summary>
    NotADatabase,

    /// <summary>A page breaks the format.</summary>
    Damaged,

    /// <summary>The database was written to again and again while it was read.</summary>
    Changed,

    /// <summary>The kernel could not read the file.</summary>
    InputOutput,
}
