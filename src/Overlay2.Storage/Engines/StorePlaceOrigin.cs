namespace Overlay2.Storage.Engines;

/// <summary>How a place came to be looked at for a store.</summary>
public enum StorePlaceOrigin
{
    /// <summary>The caller named it.</summary>
    Named,

    /// <summary>The configuration of the host or of a user names it.</summary>
    Configured,

    /// <summary>A running engine was started with it.</summary>
    Running,

    /// <summary>Stores of this kind are there unless somebody configures another place.</summary>
    Usual,

    /// <summary>An overlay that is mounted tells of it.</summary>
    Mounted,
}
