namespace Overlay2.Storage.Snapshots;

public sealed partial record StorageSnapshot
{
    /// <summary>Looks at a host: mounts, kernel, store, configuration, room on disk, processes. Only reads.</summary>
    /// <remarks>
    /// Parts are taken one after the other, so things may change between them; mounts are read first. Where a container is noted as running
    /// and its process is not there, mounts, stores and processes are taken again, up to eight times within two seconds: it may just have ended.
    /// On a thread of the pool: the kernel has no other way to wait for its files.
    /// </remarks>
    /// <param name="options">What is looked at; <see cref="SnapshotOptions.Default"/> if not given.</param>
    /// <param name="cancellationToken">Ends the capture early.</param>
    /// <returns>The snapshot; a part that could not be read is failed, with the reason, and the others are there all the same.</returns>
    /// <exception cref="ArgumentException">The host root an engine's root directory is not an absolute path.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static Task<StorageSnapshot> CaptureAsync(SnapshotOptions? options = null, CancellationToken cancellationToken = default)
    {
        options ??= SnapshotOptions.Default;
        if (!options.HostRoot.IsAbsolute)
            throw new ArgumentException("The host root is an absolute path.", nameof(options));
        if (!options.DataRoot.IsEmpty && !options.DataRoot.IsAbsolute)
            throw new ArgumentException("The engine's root directory is an absolute path.", nameof(options));
        if (options.Stores.IsDefault || options.Stores.Any(store => !store.Root.IsAbsolute))
            throw new ArgumentException("The places of stores are absolute paths.", nameof(options));
        return Task.Run(() => new SnapshotCapture(options, cancellationToken).TakeAsync(), cancellationToken);
    }
}
