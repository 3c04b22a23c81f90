namespace Overlay2.Storage.Snapshots;

/// <summary>A snapshot file that cannot be read; the message says where and why.</summary>
public sealed class SnapshotFormatException : FormatException
{
    /// <summary>A snapshot that cannot be read.</summary>
    public SnapshotFormatException()
    {
    }

    /// <summary>A snapshot that cannot be read.</summary>
    /// <param name="message">Where and why.</param>
    public SnapshotFormatException(string message)
        : base(message)
    {
    }

    /// <summary>A snapshot that cannot be read.</summary>
    /// <param name="message">Where and why.</param>
    /// <param name="innerException">What the JSON reader said.</param>
    public SnapshotFormatException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
