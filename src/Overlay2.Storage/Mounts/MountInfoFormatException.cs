namespace Overlay2.Storage.Mounts;

/// <summary>A mountinfo text has a bad line or a bad number.</summary>
public sealed class MountInfoFormatException : FormatException
{
    /// <summary>An exception for this error.</summary>
    /// <param name="error">Where and why the text is bad.</param>
    public MountInfoFormatException(MountInfoError error)
        : base(error.ToString()) => Error = error;

    /// <summary>Where and why the text is bad.</summary>
    public MountInfoError Error { get; }
}
