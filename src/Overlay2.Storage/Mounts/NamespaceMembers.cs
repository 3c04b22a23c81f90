using System.Collections.Immutable;

namespace Overlay2.Storage.Mounts;

/// <summary>A mount namespace by its inode number, and who is in it: the main threads of processes, or other threads.</summary>
internal sealed class NamespaceMembers(ulong id)
{
    public ulong Id { get; } = id;

    public List<(int ProcessId, int ThreadId)> Threads { get; } = [];

    public ImmutableArray<int> ProcessIds => [.. Threads.Select(t => t.ProcessId).Distinct().Order()];
}
