namespace Overlay2.Storage.Engines;

/// <summary>What is known of a <see cref="StoreFile"/>.</summary>
public enum StoreFileState
{
    /// <summary>There is no such file; that is known.</summary>
    Missing,

    /// <summary>The content is at hand.</summary>
    Present,

    /// <summary>Whether there is such a file, or what it holds, could not be found out.</summary>
    Unreadable,
}
