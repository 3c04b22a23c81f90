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

    /// <summary>How each table is loaded.</summary>
    public MountTableLoadOptions Load { get; init; } = MountTableLoadOptions.Default;
}
