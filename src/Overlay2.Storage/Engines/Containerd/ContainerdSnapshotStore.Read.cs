using System.Collections.Immutable;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Engines.Files;
using Overlay2.Storage.Interop;

namespace Overlay2.Storage.Engines.Containerd;

public sealed partial record ContainerdSnapshotStore
{
    /// <summary>Reads a store of this machine, or of a host whose root directory is mounted here; containerd may run meanwhile.</summary>
    /// <remarks>
    /// Only reads, without a lock: containerd holds one on its databases as long as it runs, and never overwrites what its newest
    /// transaction wrote. Both databases and the directories are of one moment; where they changed during each of several attempts, that is
    /// a <see cref="StoreProblem"/> of reason <see cref="StoreProblemReason.Changed"/>. On the way to containerd's directories links are
    /// followed inside the host root; below them none is. What cannot be read is a problem, and the rest is read all the same.
    /// </remarks>
    /// <param name="root">containerd's root directory on the host, for example <c>/var/lib/containerd</c>.</param>
    /// <param name="options">Host root and limits; the defaults where left out.</param>
    /// <param name="cancellationToken">Ends the reading early.</param>
    /// <returns>The store; without parts and with a problem where there is none.</returns>
    /// <exception cref="ArgumentException">The path is not absolute.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static ContainerdSnapshotStore Read(BytePath root, StoreReadOptions? options = null, CancellationToken cancellationToken = default)
    {
        if (!root.IsAbsolute)
            throw new ArgumentException("containerd's root directory is an absolute path.", nameof(root));

        options ??= StoreReadOptions.Default;
        var places = ContainerdPlaces.Of(root);
        if (!RootedDirectory.TryOpen(options.HostRoot.Span, out RootedDirectory? host, out Errno error))
            return Unread(places, new StoreProblem(options.HostRoot, StoreOperation.Open, StoreProblemReason.InputOutput, error.ToString()));
        using (host)
            return Read(host!, places, [], options, cancellationToken);
    }

    /// <summary>Reads a store below a host's root directory that is open already.</summary>
    internal static ContainerdSnapshotStore Read(
        RootedDirectory host, ContainerdPlaces places, ImmutableArray<StoreProblem> configurationProblems, StoreReadOptions options, CancellationToken cancellationToken)
    {
        if (!LiveFileTree.TryOpen(host, places.Root, out LiveFileTree? root, out StoreProblem? problem))
            return Unread(places, problem);
        using (root)
        {
            List<StoreProblem> problems = [.. configurationProblems];
            using LiveFileTree? home = Open(host, places.DriverHome, problems);
            using LiveFileTree? state = Open(host, places.State, problems);
            using LiveFileTree? beside = places.DriverHome.TryGetParent(out BytePath parent) ? Open(host, parent, problems) : null;
            return Read(new ContainerdTrees(root, home, state) { Beside = beside }, places, problems, options, cancellationToken);
        }
    }

    /// <summary>Reads a store from trees whose roots are containerd's directories.</summary>
    internal static ContainerdSnapshotStore Read(
        ContainerdTrees trees, ContainerdPlaces places, IReadOnlyList<StoreProblem> problems, StoreReadOptions options, CancellationToken cancellationToken) =>
        new ContainerdStoreReader(trees, places, problems, options, cancellationToken).Read();

    /// <summary>A store of which nothing could be read.</summary>
    internal static ContainerdSnapshotStore Unread(ContainerdPlaces places, StoreProblem problem) => new()
    {
        DataRoot = places.Root,
        DriverHome = places.DriverHome,
        StateDirectory = places.State,
        Home = DriverHomeStatus.Unread(problem),
        ReadProblems = [problem],
    };

    private static LiveFileTree? Open(RootedDirectory host, BytePath path, List<StoreProblem> problems)
    {
        if (!LiveFileTree.TryOpen(host, path, out LiveFileTree? tree, out StoreProblem? problem) && problem.Reason != StoreProblemReason.NotFound)
            problems.Add(problem);
        return tree;
    }
}
