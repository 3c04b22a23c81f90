using System.Collections.Immutable;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Engines;
using Overlay2.Storage.Interop;
using Overlay2.Storage.Mounts;

namespace Overlay2.Storage.Snapshots;

/// <summary>Finds the processes of engines.</summary>
internal static class RunningEngines
{
    private const int MostBytes = 1 << 17;

    private static readonly BytePath s_commandLine = BytePath.FromText("cmdline");
    private static readonly BytePath s_proc = BytePath.FromText("proc");

    /// <summary>The processes of engines whose mounts are those of the view: an engine in a container names directories of its own.</summary>
    public static ImmutableArray<RunningEngine> FindAll(EngineView view, ImmutableHashSet<ByteString> programs)
    {
        BytePath proc = view.Root.Combine(s_proc);
        if (!view.HasProcesses || !ProcessDirectory.TryReadNumbers(proc, out List<int> ids, out _))
            return [];

        var engines = ImmutableArray.CreateBuilder<RunningEngine>();
        foreach (int id in ids)
        {
            BytePath directory = proc.Combine(BytePath.FromText(id.ToString(System.Globalization.CultureInfo.InvariantCulture)));
            if (!BoundedFile.TryRead(directory.Combine(s_commandLine).Span, MostBytes, out byte[] text, out _) || text.Length == 0)
                continue;
            ImmutableArray<ByteString> words = ByteString.SplitAtZeros(text);
            ByteString name = new BytePath(words[0]).FileName;
            if (programs.Contains(name) && ProcessDirectory.TryGetMountNamespace(directory, out ulong namespaceId, out _) && namespaceId == view.NamespaceId)
                engines.Add(new RunningEngine(name, words[1..]));
        }

        return engines.ToImmutable();
    }
}
