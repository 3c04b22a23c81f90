using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.Mounts;

/// <summary>Looks into every mount namespace that has a process, and tells who still holds a device, a path or an overlay.</summary>
/// <remarks>
/// <para>Thread-safe. Each namespace is read once, however many processes share it. Processes that end meanwhile are no error.
/// Tables are handed over one by one, and no more are read than the reader takes, so memory stays that of a few tables.</para>
/// <para>Not seen: namespaces that only an open file or a bind mount keeps alive, those of processes that the caller may not look
/// at (root sees all), and mounts that were detached while a file or working directory in them is in use.</para>
/// <para>Source: namespaces(7), mount_namespaces(7), proc_pid_ns(5).</para>
/// </remarks>
public sealed partial class MountNamespaceScanner
{
    private readonly MountNamespaceScannerOptions _options;

    /// <summary>Makes a scanner.</summary>
    /// <param name="options">How it works; <see cref="MountNamespaceScannerOptions.Default"/> if not given.</param>
    public MountNamespaceScanner(MountNamespaceScannerOptions? options = null) => _options = options ?? MountNamespaceScannerOptions.Default;

    /// <summary>Reads all namespaces, in no order; with <see cref="MountNamespaceScannerOptions.MaxTotalBytes"/> in the one that it tells.</summary>
    /// <param name="cancellationToken">Ends the scan.</param>
    /// <exception cref="MountTableException">The directory of proc(5) can not be read.</exception>
    public async IAsyncEnumerable<MountNamespace> ScanAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        IReadOnlyCollection<NamespaceMembers> found = FindNamespaces(cancellationToken);
        int parallelism = _options.Parallelism;
        if (_options.MaxTotalBytes is not null)
            (found, parallelism) = (OrderByOwner(found), 1);
        var read = Channel.CreateBounded<MountNamespace>(new BoundedChannelOptions(parallelism) { SingleReader = true });
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task reading = ReadAllAsync(found, parallelism, read.Writer, stop.Token);
        try
        {
            await foreach (MountNamespace mountNamespace in read.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false))
                yield return mountNamespace;
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            await reading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Who has mounts that match, in whichever namespace, with the processes that keep them; ordered by the first process id.</summary>
    /// <param name="isHeld">What is looked for; called on several threads.</param>
    /// <param name="cancellationToken">Ends the scan.</param>
    /// <exception cref="MountTableException">The directory of proc(5) can not be read.</exception>
    public async Task<ImmutableArray<MountHolder>> FindHoldersAsync(Func<MountEntry, bool> isHeld, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(isHeld);
        var holders = ImmutableArray.CreateBuilder<MountHolder>();
        await foreach (MountNamespace mountNamespace in ScanAsync(cancellationToken).ConfigureAwait(false))
        {
            if (!mountNamespace.IsRead)
                continue;
            ImmutableArray<MountEntry> mounts = [.. mountNamespace.Table.Entries.Where(isHeld)];
            if (!mounts.IsEmpty)
                holders.Add(new MountHolder(mountNamespace.Id, mounts, [.. mountNamespace.ProcessIds.Select(Describe)]));
        }

        holders.Sort((left, right) => left.Processes[0].ProcessId.CompareTo(right.Processes[0].ProcessId));
        return holders.ToImmutable();
    }

    /// <summary>Who has mounts of a device: of the file system whose files stat(2) shows with it. An overlay has such a number too,
    /// the same in every namespace: it is found so whatever path it is mounted on.</summary>
    /// <param name="major">The major number.</param>
    /// <param name="minor">The minor number.</param>
    /// <param name="cancellationToken">Ends the scan.</param>
    /// <exception cref="MountTableException">The directory of proc(5) can not be read.</exception>
    public Task<ImmutableArray<MountHolder>> FindDeviceHoldersAsync(int major, int minor, CancellationToken cancellationToken = default) =>
        FindHoldersAsync(mount => mount.Major == major && mount.Minor == minor, cancellationToken);

    /// <summary>Who has mounts at a path or below it, or elsewhere mounts of that part of its file system (bind mounts of it).</summary>
    /// <param name="path">An absolute path without symbolic links; the bind mounts of it are found by the caller's own table.</param>
    /// <param name="cancellationToken">Ends the scan.</param>
    /// <exception cref="ArgumentException">The path is not absolute.</exception>
    /// <exception cref="MountTableException">The directory of proc(5), or the caller's own table, can not be read.</exception>
    public Task<ImmutableArray<MountHolder>> FindPathHoldersAsync(BytePath path, CancellationToken cancellationToken = default)
    {
        MountEntry? own = MountTable.Load(MountTableSource.Self, new MountTableLoadOptions { Lenient = true }).Resolve(path);
        if (own is null)
            return FindHoldersAsync(mount => mount.MountPoint.StartsWith(path), cancellationToken);

        BytePath inFileSystem = own.GetRootPath();
        foreach (ReadOnlySpan<byte> component in Below(path, own.MountPoint))
            inFileSystem = inFileSystem.Combine(new BytePath(component));
        return FindHoldersAsync(
            mount => mount.MountPoint.StartsWith(path)
                || (mount.Major == own.Major && mount.Minor == own.Minor && mount.GetRootPath().StartsWith(inFileSystem)),
            cancellationToken);
    }

    private static PathComponents Below(BytePath path, BytePath mountPoint)
    {
        PathComponents components = path.GetComponents();
        foreach (ReadOnlySpan<byte> _ in mountPoint.GetComponents())
            components.MoveNext();
        return components;
    }

    private Task ReadAllAsync(IReadOnlyCollection<NamespaceMembers> found, int parallelism, ChannelWriter<MountNamespace> writer, CancellationToken cancellationToken) =>
        Task.Run(
            async () =>
            {
                try
                {
                    var left = new StrongBox<long>(_options.MaxTotalBytes ?? long.MaxValue);
                    var parallel = new ParallelOptions { MaxDegreeOfParallelism = parallelism, CancellationToken = cancellationToken };
                    await Parallel.ForEachAsync(found, parallel, async (members, token) =>
                    {
                        if (Read(members, left, token) is { } mountNamespace)
                            await writer.WriteAsync(mountNamespace, token).ConfigureAwait(false);
                    }).ConfigureAwait(false);
                    writer.Complete();
                }
                catch (Exception e)
                {
                    writer.Complete(e);
                }
            },
            CancellationToken.None);

    /// <summary>Asks the processes in turn, as they may have ended; <see langword="null"/> if all have, and the namespace with them.</summary>
    private MountNamespace? Read(NamespaceMembers members, StrongBox<long> left, CancellationToken cancellationToken)
    {
        MountTableException? failure = null;
        foreach ((int processId, int threadId) in members.Threads)
        {
            BytePath directory = DirectoryOf(processId, threadId);
            if (!ProcessDirectory.TryGetMountNamespace(directory, out ulong id, out _) || id != members.Id)
                continue;
            try
            {
                var source = new MountInfoFile(directory.Combine(BytePath.FromText("mountinfo")), isOfProcess: true);
                return new MountNamespace(members.Id, members.ProcessIds, Load(source, left, cancellationToken), failure: null);
            }
            catch (MountTableException e) when (e.Failure == MountTableFailure.ProcessGone)
            {
            }
            catch (MountTableException e)
            {
                failure = e;
                if (e.Failure == MountTableFailure.TooLarge)
                    break;
            }
        }

        return failure is null ? null : new MountNamespace(members.Id, members.ProcessIds, table: null, failure);
    }

    /// <param name="source">The table.</param>
    /// <param name="left">The bytes that may still be read, where there is a bound; then nobody else reads.</param>
    /// <param name="cancellationToken">Ends the load.</param>
    private MountTable Load(MountInfoFile source, StrongBox<long> left, CancellationToken cancellationToken)
    {
        if (_options.MaxTotalBytes is not { } maxTotalBytes)
            return source.Load(_options.Load, cancellationToken);
        if (left.Value == 0)
            throw source.TooMany(maxTotalBytes);

        int most = (int)Math.Min(_options.Load.MaxBytes, left.Value);
        try
        {
            byte[] text = source.ReadText(_options.Load with { MaxBytes = most }, cancellationToken);
            left.Value -= text.Length;
            return MountTable.Parse(text, _options.Load.Lenient);
        }
        catch (MountTableException e) when (e.Failure == MountTableFailure.TooLarge)
        {
            left.Value -= most;
            if (left.Value == 0)
                throw source.TooMany(maxTotalBytes);
            throw;
        }
    }

    private MountHolderProcess Describe(int processId) => ProcessDirectory.Describe(DirectoryOf(processId, processId), processId);

    private BytePath DirectoryOf(int processId, int threadId) => _options.ProcDirectory.Combine(BytePath.FromText(
        processId == threadId
            ? processId.ToString(CultureInfo.InvariantCulture)
            : string.Create(CultureInfo.InvariantCulture, $"{processId}/task/{threadId}")));
}
