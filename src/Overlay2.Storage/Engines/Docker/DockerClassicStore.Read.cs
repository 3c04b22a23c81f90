using Overlay2.Storage.Bytes;
using Overlay2.Storage.Engines.Files;
using Overlay2.Storage.Engines.OverlayDriver;

namespace Overlay2.Storage.Engines.Docker;

public sealed partial record DockerClassicStore
{
    /// <summary>Reads a store of this machine, or of a host whose root directory is mounted here.</summary>
    /// <remarks>
    /// Only reads: nothing is locked, and no file is opened for writing. On the way to the engine's root directory links are followed
    /// inside the host root; below it none is. What cannot be read is a <see cref="StoreProblem"/>, and the rest is read all the same.
    /// </remarks>
    /// <param name="dataRoot">The engine's root directory on the host, for example <c>/var/lib/docker</c>.</param>
    /// <param name="options">Host root and limits; the defaults where left out.</param>
    /// <param name="cancellationToken">Ends the reading early.</param>
    /// <returns>The store; without parts and with a problem where there is none.</returns>
    /// <exception cref="ArgumentException">The path is not absolute.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static DockerClassicStore Read(BytePath dataRoot, StoreReadOptions? options = null, CancellationToken cancellationToken = default)
    {
        if (!dataRoot.IsAbsolute)
            throw new ArgumentException("The engine's root directory is an absolute path.", nameof(dataRoot));

        options ??= StoreReadOptions.Default;
        if (!LiveFileTree.TryOpen(options.HostRoot, dataRoot, out LiveFileTree? tree, out StoreProblem? problem))
            return Unread(dataRoot, problem);
        using (tree)
            return Read(tree, dataRoot, options, cancellationToken);
    }

    /// <summary>Reads a store from a tree whose root is the engine's root directory.</summary>
    internal static DockerClassicStore Read(IFileTree tree, BytePath dataRoot, StoreReadOptions options, CancellationToken cancellationToken) =>
        SteadyReading.Read(() => new DockerStoreReader(tree, dataRoot, options, cancellationToken).Read());

    /// <summary>A store of which nothing could be read.</summary>
    internal static DockerClassicStore Unread(BytePath dataRoot, StoreProblem problem) =>
        new() { DataRoot = dataRoot, Home = DriverHomeStatus.Unread(problem), ReadProblems = [problem] };
}
