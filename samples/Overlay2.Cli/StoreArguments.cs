using System.Collections.Immutable;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Engines;

namespace Overlay2.Cli;

/// <summary>Reads <c>--store KIND=PATH</c>: the place of a store on a running host, absolute or below the working directory.</summary>
internal static class StoreArguments
{
    /// <summary>The names of kinds of stores.</summary>
    private static readonly ImmutableDictionary<string, LayerStoreKind> s_kinds = new Dictionary<string, LayerStoreKind>(StringComparer.Ordinal)
    {
        ["docker"] = LayerStoreKind.DockerClassic,
        ["containers-storage"] = LayerStoreKind.ContainersStorage,
        ["containerd"] = LayerStoreKind.ContainerdSnapshots,
    }.ToImmutableDictionary(StringComparer.Ordinal);

    public static string Kinds => string.Join('|', s_kinds.Keys.Order(StringComparer.Ordinal));

    /// <summary>Whether a text begins as a place does, and is none.</summary>
    public static bool IsBroken(string argument) =>
        argument.IndexOf('=', StringComparison.Ordinal) is > 0 and var equals && s_kinds.ContainsKey(argument[..equals]) && Parse(argument) is null;

    /// <summary>Whether a text is a place by a path below the working directory, which is none of another host.</summary>
    public static bool IsRelative(string argument) =>
        argument.IndexOf('=', StringComparison.Ordinal) is > 0 and var equals && s_kinds.ContainsKey(argument[..equals]) && argument[(equals + 1)..] is { Length: > 0 } and not ['/', ..];

    /// <summary>A place of the form KIND=PATH; nothing where the text has no such form.</summary>
    public static StoreLocation? Parse(string argument)
    {
        int equals = argument.IndexOf('=', StringComparison.Ordinal);
        return equals > 0 && s_kinds.TryGetValue(argument[..equals], out LayerStoreKind kind) && argument[(equals + 1)..] is { Length: > 0 } path
            ? new StoreLocation(kind, BytePath.FromText(path[0] == '/' ? path : Path.GetFullPath(path)))
            : null;
    }
}
