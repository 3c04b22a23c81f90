using Overlay2.Storage.Bytes;
using Overlay2.Storage.Interop;

namespace Overlay2.Storage.Mounts;

/// <content>Which namespaces there are.</content>
public sealed partial class MountNamespaceScanner
{
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
