using Microsoft.Win32.SafeHandles;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Interop;

namespace Overlay2.Storage.Mounts;

/// <content>Which namespaces there are.</content>
public sealed partial class MountNamespaceScanner
{
    private static readonly BytePath s_firstProcess = BytePath.FromText("1");

    /// <summary>All of them, by their lowest process id.</summary>
    private Dictionary<ulong, NamespaceMembers>.ValueCollection FindNamespaces(CancellationToken cancellationToken)
    {
        if (!ProcessDirectory.TryReadNumbers(_options.ProcDirectory, out List<int> processes, out Errno error))
            throw new MountTableException(MountTableFailure.ReadFailed, _options.ProcDirectory, $"can not be read ({error})");

        var namespaces = new Dictionary<ulong, NamespaceMembers>();
        foreach (int processId in processes)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (_options.IncludeThreads && ProcessDirectory.TryReadNumbers(DirectoryOf(processId, processId).Combine(BytePath.FromText("task")), out List<int> threads, out _))
            {
                foreach (int threadId in threads)
                    Add(namespaces, processId, threadId);
            }
            else
            {
                Add(namespaces, processId, processId);
            }
        }

        return namespaces.Values;
    }

    /// <summary>Those that nobody without privileges can have made come first.</summary>
    private NamespaceMembers[] OrderByOwner(IReadOnlyCollection<NamespaceMembers> found)
    {
        // Without the right to see the first process a caller sees nobody's namespaces but his own.
        return ProcessDirectory.TryGetUserNamespace(_options.ProcDirectory.Combine(s_firstProcess), out ulong first)
            ? [.. found.OrderBy(members => RankOf(members, first))]
            : [.. found];
    }

    private int RankOf(NamespaceMembers members, ulong userNamespace)
    {
        int rank = int.MaxValue;
        foreach ((int processId, _) in members.Threads)
        {
            rank = Math.Min(rank, RankOf(processId, userNamespace));
            if (rank == 0)
                break;
        }

        return rank;
    }

    /// <summary>0 for root's, 1 for another user's in the same user namespace, 2 for the rest. The files of a process that hides its memory look like root's; its status does not.</summary>
    private int RankOf(int processId, ulong userNamespace)
    {
        if (!ProcessDirectory.TryGetUserNamespace(DirectoryOf(processId, processId), out ulong id) || id != userNamespace)
            return 2;
        bool isOpen = ProcessTrust.TryOpen(_options.ProcDirectory.Span, processId, out SafeFileHandle opened);
        using SafeFileHandle process = opened;
        return isOpen && ProcessTrust.FindDoubtOfUser(process, out uint user) is null && user == 0 ? 0 : 1;
    }

    private void Add(Dictionary<ulong, NamespaceMembers> namespaces, int processId, int threadId)
    {
        // A process that ended, or that the caller may not look at, has no link to read.
        if (!ProcessDirectory.TryGetMountNamespace(DirectoryOf(processId, threadId), out ulong id, out _))
            return;
        if (!namespaces.TryGetValue(id, out NamespaceMembers? members))
            namespaces.Add(id, members = new NamespaceMembers(id));
        members.Threads.Add((processId, threadId));
    }
}
