using System.Collections.Immutable;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Interop;
using Overlay2.Storage.Mounts;

namespace Overlay2.Storage.Snapshots;

/// <summary>A process of an engine: what it was started with.</summary>
/// <param name="Name">The file name of the program as it was called.</param>
/// <param name="Arguments">The words behind it.</param>
internal sealed record RunningEngine(ByteString Name, ImmutableArray<ByteString> Arguments)
{
    private const int MostBytes = 1 << 17;

    private static readonly BytePath s_commandLine = BytePath.FromText("cmdline");
    private static readonly BytePath s_proc = BytePath.FromText("proc");
    private static readonly ImmutableHashSet<ByteString> s_programs =
        [.. new[] { "dockerd", "containerd", "podman", "conmon", "crio", "buildah" }.Select(ByteString.FromText)];

    /// <summary>The processes of engines whose mounts are those of the view: an engine in a container names directories of its own.</summary>
    public static ImmutableArray<RunningEngine> FindAll(EngineView view)
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
            ImmutableArray<ByteString> words = Split(text);
            ByteString name = new BytePath(words[0]).FileName;
            if (s_programs.Contains(name) && ProcessDirectory.TryGetMountNamespace(directory, out ulong namespaceId, out _) && namespaceId == view.NamespaceId)
                engines.Add(new RunningEngine(name, words[1..]));
        }

        return engines.ToImmutable();
    }

    /// <summary>The values of an option: <c>--name value</c> and <c>--name=value</c>.</summary>
    public IEnumerable<ByteString> Values(string option)
    {
        var name = ByteString.FromText(option);
        for (int i = 0; i < Arguments.Length; i++)
        {
            ByteString word = Arguments[i];
            if (word == name && i + 1 < Arguments.Length)
                yield return Arguments[i + 1];
            else if (word.Length > name.Length && word.Span.StartsWith(name.Span) && word.Span[name.Length] == (byte)'=')
                yield return new ByteString(word.Span[(name.Length + 1)..]);
        }
    }

    private static ImmutableArray<ByteString> Split(ReadOnlySpan<byte> text)
    {
        var words = ImmutableArray.CreateBuilder<ByteString>();
        foreach (Range word in text.TrimEnd((byte)0).Split((byte)0))
            words.Add(new ByteString(text[word]));
        return words.ToImmutable();
    }
}
