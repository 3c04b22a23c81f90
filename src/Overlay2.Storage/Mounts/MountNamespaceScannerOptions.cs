using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.Mounts;

/// <summary>How a <see cref="MountNamespaceScanner"/> works.</summary>
/// <remarks>Immutable and thread-safe.</remarks>
public sealed record MountNamespaceScannerOptions
{
    /// <summary>The options used where none are given.</summary>
    public static MountNamespaceScannerOptions Default { get; } = new();

    /// <summary>Where the proc(5) file system is; default <c>/proc</c>. Another mount of it may show another pid namespace.</summary>
    public BytePath ProcDirectory { get; init; } = BytePath.FromText("/proc");

    /// <summary>Whether threads are looked at that may have a namespace of their own; default <see langword="false"/>: they are rare, and
    /// looking costs a directory and a link for each.</summary>
    public bool IncludeThreads { get; init; }

    /// <summary>How many tables are read at a time, and at most how many wait to be taken; default the number of processors.</summary>
    public int Parallelism
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(value);
            field = value;
        }
    } = Environment.ProcessorCount;

    /// <summary>The most bytes of text that are read of all tables together; default <see langword="null"/>: no bound, since tables are handed over one by one
    /// and need not be kept. Who keeps them gives one: whoever can make user namespaces can make tables without end, and a kept table takes three to seven times its text.</summary>
    /// <remarks>
    /// With a bound the tables are read one at a time: first of the namespaces that a process of root is in, in the user namespace of the first process; then of the
    /// others with a process in that user namespace, where it takes privileges to make one; then of the rest; in each group by the lowest process id. So what somebody
    /// without privileges makes keeps nothing of root's from being read. A table that does not fit in what is left uses that up. The namespaces that are then not
    /// read are handed over all the same, with a <see cref="MountNamespace.Failure"/> that names the bound (<see cref="MountTableFailure.TooLarge"/>);
    /// searches for holders pass over them.
    /// </remarks>
    public long? MaxTotalBytes
    {
        get;
        init
        {
            if (value is { } bytes)
                ArgumentOutOfRangeException.ThrowIfNegativeOrZero(bytes, nameof(value));
            field = value;
        }
    }

    /// <summary>How each table is loaded.</summary>
    public MountTableLoadOptions Load { get; init; } = MountTableLoadOptions.Default;
}
