namespace Overlay2.Storage.Mounts;

/// <content>Loading from a source.</content>
public sealed partial class MountTable
{
    /// <summary>Reads the mounts that a source has now.</summary>
    /// <param name="source">Where from.</param>
    /// <param name="options">How; <see cref="MountTableLoadOptions.Default"/> if not given.</param>
    /// <exception cref="MountTableException">The source can not be read; its <see cref="MountTableException.Failure"/> says why.</exception>
    /// <exception cref="MountInfoFormatException">A line is bad, and the options are not lenient.</exception>
    public static MountTable Load(MountTableSource source, MountTableLoadOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        return source.Load(options ?? MountTableLoadOptions.Default, CancellationToken.None);
    }

    /// <summary>Reads the mounts that a source has now, on a thread of the pool: the kernel has no other way to wait for them.</summary>
    /// <remarks><see cref="MountTableSource.Self"/> is then that thread's view. It differs from the caller's only where the caller
    /// gave its own thread a mount namespace: use <see cref="Load"/> there.</remarks>
    /// <param name="source">Where from.</param>
    /// <param name="options">How; <see cref="MountTableLoadOptions.Default"/> if not given.</param>
    /// <param name="cancellationToken">Ends the load between two reads.</param>
    /// <exception cref="MountTableException">The source can not be read; its <see cref="MountTableException.Failure"/> says why.</exception>
    /// <exception cref="MountInfoFormatException">A line is bad, and the options are not lenient.</exception>
    public static Task<MountTable> LoadAsync(
        MountTableSource source, MountTableLoadOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(source);
        return Task.Run(() => source.Load(options ?? MountTableLoadOptions.Default, cancellationToken), cancellationToken);
    }
}
