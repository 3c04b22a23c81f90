using System.Collections.Immutable;
using Microsoft.Win32.SafeHandles;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Engines;
using Overlay2.Storage.Interop;
using Overlay2.Storage.Mounts;

namespace Overlay2.Storage.Snapshots;

/// <summary>Finds the processes of engines, and tells which ones only say that they are.</summary>
internal static class RunningEngines
{
    private const int MostBytes = 1 << 17;
    private const int LongestName = 64;
    private const int MostDescriptors = 1 << 14;
    private const int MostFiles = 256;

    private static readonly BytePath s_proc = BytePath.FromText("proc");

    /// <summary>The processes of engines whose mounts are those of the view, and whose word counts: anybody can call a process as he likes, and give it arguments.</summary>
    /// <remarks>The mount namespace is that of the view, which the caller named by a process, or which is the host's.</remarks>
    public static ImmutableArray<RunningEngine> FindAll(EngineView view, ImmutableHashSet<ByteString> programs)
    {
        BytePath proc = view.Root.Combine(s_proc);
        return !view.HasProcesses || !ProcessDirectory.TryReadNumbers(proc, out List<int> ids, out _)
            ? []
            : [.. ids.Select(id => Find(view, proc, id, programs)).OfType<RunningEngine>()];
    }

    private static RunningEngine? Find(EngineView view, BytePath proc, int processId, ImmutableHashSet<ByteString> programs)
    {
        bool isOpen = ProcessTrust.TryOpen(proc.Span, processId, out SafeFileHandle opened);
        using SafeFileHandle process = opened;
        return isOpen && Look(view, process, processId, programs, out string? doubt) is { } engine && doubt is null ? engine : null;
    }

    /// <summary>Why the word of a process that calls itself an engine does not count; <see langword="null"/> if it does, and for one that does not.</summary>
    /// <param name="view">From where the host is seen.</param>
    /// <param name="processId">The process.</param>
    /// <param name="programs">The programs of engines.</param>
    /// <param name="openFiles">What it has open, if its word counts and its mounts are those of the view.</param>
    public static string? FindDoubt(EngineView view, int processId, ImmutableHashSet<ByteString> programs, out ImmutableArray<SnapshotOpenFile> openFiles)
    {
        openFiles = [];
        bool isOpen = ProcessTrust.TryOpen(view.Root.Combine(s_proc).Span, processId, out SafeFileHandle opened);
        using SafeFileHandle process = opened;
        string? doubt = null;
        if (isOpen && Look(view, process, processId, programs, out doubt) is not null && doubt is null)
            openFiles = OpenFilesOf(process);
        return doubt;
    }

    /// <summary>The files that a process has open, the first of each directory: enough to tell which file systems its directories were in when it opened them.</summary>
    private static ImmutableArray<SnapshotOpenFile> OpenFilesOf(SafeFileHandle process)
    {
        if (!LibC.TryOpenAt(process, "fd"u8, OpenFlags.ReadOnly | OpenFlags.Directory, out SafeFileHandle opened, out _))
            return [];
        using SafeFileHandle descriptors = opened;
        using var names = new DirectoryReader(descriptors);
        Dictionary<(BytePath Directory, int MountId), SnapshotOpenFile> files = [];
        for (int seen = 0; seen < MostDescriptors && files.Count < MostFiles && names.Read(); seen++)
        {
            byte[] name = names.Name.ToArray();

            // The link leads to the file itself; what the kernel has of it is enough, and no server is asked.
            if (LibC.TryReadLink(descriptors, name, out byte[] target, out _) && new BytePath(target) is { IsAbsolute: true } path && path.TryGetParent(out BytePath directory)
                && LibC.TryStatx(descriptors, name, AtFlags.DoNotSync, StatusMask.MountId, out FileStatus status, out _) && (status.Mask & StatusMask.MountId) != 0)
                files.TryAdd((directory, (int)status.MountId), new SnapshotOpenFile(path, (int)status.MountId));
        }

        return [.. files.Values.OrderBy(file => file.Path).ThenBy(file => file.MountId)];
    }

    /// <returns>A process that says that it is an engine, unless its mounts are others than those of the view.</returns>
    private static RunningEngine? Look(EngineView view, SafeFileHandle process, int processId, ImmutableHashSet<ByteString> programs, out string? doubt)
    {
        doubt = null;
        BytePath proc = view.Root.Combine(s_proc);
        if (!NamesOf(process).Any(programs.Contains))
            return null;
        ProcessDirectory.TryGetMountNamespace(proc.Combine(BytePath.FromText(processId.ToString(System.Globalization.CultureInfo.InvariantCulture))), out ulong namespaceId, out _);
        bool isInView = namespaceId == view.NamespaceId;
        var program = new ByteString(ProcessTrust.ProgramOf(process));
        doubt = ProcessTrust.FindDoubt(process, proc.Span, view.Root.Span, isInView ? ["pid"] : ["pid", "mnt"])
            ?? (program.IsEmpty || programs.Contains(program) ? null : $"not believed: its program is {program}");

        // The arguments are read last: a process that was let pass has only those that it was started with.
        return isInView && ProcessTrust.Read(process, "cmdline"u8, MostBytes) is { Length: > 0 } arguments ? new RunningEngine(program, ByteString.SplitAtZeros(arguments)[1..]) : null;
    }

    /// <summary>What a process calls itself, and what it is.</summary>
    private static IEnumerable<ByteString> NamesOf(SafeFileHandle process)
    {
        yield return new ByteString(ProcessTrust.ProgramOf(process));
        yield return new ByteString(ProcessTrust.Read(process, "comm"u8, LongestName).AsSpan().TrimEnd((byte)'\n'));
        if (ProcessTrust.Read(process, "cmdline"u8, MostBytes) is { Length: > 0 } arguments)
            yield return new BytePath(ByteString.SplitAtZeros(arguments)[0]).FileName;
    }
}
