using System.Buffers.Text;
using Microsoft.Win32.SafeHandles;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Interop;

namespace Overlay2.Storage.Mounts;

/// <content>Which namespaces there are.</content>
public sealed partial class MountNamespaceScanner
{
    private static readonly BytePath s_namespaceLink = BytePath.FromText("ns/mnt");

    private Dictionary<ulong, NamespaceMembers>.ValueCollection FindNamespaces(CancellationToken cancellationToken)
    {
        if (!TryReadNumbers(_options.ProcDirectory, out List<int> processes, out Errno error))
            throw new MountTableException(MountTableFailure.ReadFailed, _options.ProcDirectory, $"can not be read ({error})");

        var namespaces = new Dictionary<ulong, NamespaceMembers>();
        foreach (int processId in processes)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (_options.IncludeThreads && TryReadNumbers(DirectoryOf(processId, processId).Combine(BytePath.FromText("task")), out List<int> threads, out _))
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
        if (!TryGetNamespace(DirectoryOf(processId, threadId), out ulong id, out _))
            return;
        if (!namespaces.TryGetValue(id, out NamespaceMembers? members))
            namespaces.Add(id, members = new NamespaceMembers(id));
        members.Threads.Add((processId, threadId));
    }

    /// <summary>The number in <c>mnt:[number]</c>.</summary>
    private static bool TryGetNamespace(BytePath directory, out ulong id, out Errno error)
    {
        id = 0;
        if (!LibC.TryReadLink(LibC.CurrentDirectory, directory.Combine(s_namespaceLink).Span, out byte[] target, out error))
            return false;
        int start = target.AsSpan().IndexOf((byte)'[') + 1;
        return Utf8Parser.TryParse(target.AsSpan(start), out id, out _);
    }

    /// <summary>The names in a directory that are numbers, ascending.</summary>
    private static bool TryReadNumbers(BytePath path, out List<int> numbers, out Errno error)
    {
        numbers = [];
        bool isOpen = LibC.TryOpen(path.Span, OpenFlags.ReadOnly | OpenFlags.Directory, out SafeFileHandle opened, out error);
        using SafeFileHandle directory = opened;
        byte[] buffer = new byte[1 << 15];
        int length = 0;
        while (isOpen && LibC.TryReadDirectory(directory, buffer, out length, out error) && length > 0)
        {
            var records = new DirectoryRecords(buffer.AsSpan(0, length));
            while (records.MoveNext())
            {
                if (Utf8Parser.TryParse(records.Name, out int number, out int consumed) && consumed == records.Name.Length)
                    numbers.Add(number);
            }
        }

        numbers.Sort();
        return isOpen && !error.IsError;
    }
}
