using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace Overlay2.Storage.Mounts;

/// <summary>One mount namespace, as <see cref="MountNamespaceScanner"/> found it.</summary>
/// <remarks>Immutable and thread-safe.</remarks>
public sealed class MountNamespace
{
    internal MountNamespace(ulong id, ImmutableArray<int> processIds, MountTable? table, MountTableException? failure)
    {
        Id = id;
        ProcessIds = processIds;
        Table = table;
        Failure = failure;
    }

    /// <summary>The inode number that /proc/[pid]/ns/mnt shows: <c>mnt:[4026531841]</c>.</summary>
    public ulong Id { get; }

    /// <summary>The processes in it, ascending.</summary>
    public ImmutableArray<int> ProcessIds { get; }

    /// <summary>Its table, as the first of its processes sees it that could be asked; <see langword="null"/> if it could not be read.</summary>
    public MountTable? Table { get; }

    /// <summary>Why there is no table; <see langword="null"/> if there is one.</summary>
    public MountTableException? Failure { get; }

    /// <summary>Whether the table was read.</summary>
    [MemberNotNullWhen(true, nameof(Table))]
    [MemberNotNullWhen(false, nameof(Failure))]
    public bool IsRead => Table is not null;
}
