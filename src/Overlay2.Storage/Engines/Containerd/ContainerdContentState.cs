namespace Overlay2.Storage.Engines.Containerd;

/// <summary>Whether a blob is in containerd's content store.</summary>
public enum ContainerdContentState
{
    /// <summary>It could not be found out.</summary>
    NotKnown,

    /// <summary>There is a regular file of its name; whether its content is right was not looked at.</summary>
    Present,

    /// <summary>There is no such file.</summary>
    Missing,
}
