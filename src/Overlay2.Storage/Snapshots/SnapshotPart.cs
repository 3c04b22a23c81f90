namespace Overlay2.Storage.Snapshots;

/// <summary>Makes parts of a snapshot.</summary>
public static class SnapshotPart
{
    /// <summary>A part that is known.</summary>
    /// <typeparam name="T">What it holds.</typeparam>
    /// <param name="value">The part.</param>
    public static SnapshotPart<T> Known<T>(T value)
        where T : notnull
    {
        ArgumentNullException.ThrowIfNull(value);
        return new SnapshotPart<T>(SnapshotPartStatus.Known, value, "");
    }

    /// <summary>A part that could not be read.</summary>
    /// <typeparam name="T">What it would hold.</typeparam>
    /// <param name="reason">Why not, in words for a person.</param>
    public static SnapshotPart<T> Failed<T>(string reason)
        where T : notnull
    {
        ArgumentException.ThrowIfNullOrEmpty(reason);
        return new SnapshotPart<T>(SnapshotPartStatus.Failed, default, reason);
    }

    /// <summary>A part that is read now; failed where the host refuses it.</summary>
    internal static SnapshotPart<T> Try<T>(Func<T> read)
        where T : notnull
    {
        try
        {
            return Known(read());
        }
        catch (Exception e) when (e is IOException or PlatformNotSupportedException)
        {
            return Failed<T>(e.Message);
        }
    }

    /// <summary>A part that nobody looked for.</summary>
    /// <typeparam name="T">What it would hold.</typeparam>
    public static SnapshotPart<T> NotTaken<T>()
        where T : notnull => new(SnapshotPartStatus.NotTaken, default, "it is not part of this snapshot");
}
