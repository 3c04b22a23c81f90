using System.Globalization;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Interop;
using Overlay2.Storage.Mounts;

namespace Overlay2.Storage.Snapshots;

/// <summary>From where a host's files and mounts are seen as the engine sees them.</summary>
/// <param name="Root">The root directory in the engine's mount namespace; the host root where that cannot be entered.</param>
/// <param name="Mounts">The mounts of that namespace; <see langword="null"/> where the host root has no live <c>/proc</c>: a recorded tree.</param>
/// <param name="NamespaceId">The namespace; 0 where not known.</param>
internal sealed record EngineView(BytePath Root, MountTableSource? Mounts, ulong NamespaceId)
{
    private static readonly BytePath s_ownThread = BytePath.FromText("/proc/thread-self");
    private static readonly BytePath s_mountInfo = BytePath.FromText("mountinfo");
    private static readonly BytePath s_root = BytePath.FromText("root");

    /// <summary>Whether the host root has a live <c>/proc</c>. Links of another one are not to be trusted.</summary>
    public bool HasProcesses => Mounts is not null;

    /// <summary>The view of a running engine, or where none is known that of the host's first process.</summary>
    public static EngineView Find(BytePath hostRoot, int? engineProcessId)
    {
        if (!HasProc(hostRoot))
            return new EngineView(hostRoot, Mounts: null, NamespaceId: 0);
        bool isOwnRoot = hostRoot == BytePath.Root;
        ProcessDirectory.TryGetMountNamespace(s_ownThread, out ulong own, out _);
        if (isOwnRoot && engineProcessId is null)
            return new EngineView(hostRoot, MountTableSource.Self, own);

        int processId = engineProcessId ?? 1;
        BytePath process = hostRoot.Combine(BytePath.FromText(string.Create(CultureInfo.InvariantCulture, $"proc/{processId}")));
        bool isKnown = ProcessDirectory.TryGetMountNamespace(process, out ulong id, out _);
        if (isOwnRoot && (!isKnown || id == own))
            return new EngineView(hostRoot, MountTableSource.Self, own);

        BytePath root = process.Combine(s_root);
        bool canEnter = LibC.TryStatx(LibC.CurrentDirectory, root.Span, 0, StatusMask.Basic, out _, out _);
        return new EngineView(canEnter ? root : hostRoot, new MountInfoFile(process.Combine(s_mountInfo), isOfProcess: true), id);
    }

    private static bool HasProc(BytePath hostRoot)
    {
        if (!RootedDirectory.TryOpen(hostRoot.Span, out RootedDirectory? opened, out _))
            return false;
        using RootedDirectory root = opened!;
        return ProcFileSystem.IsLive(root);
    }
}
