using System.Buffers;
using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.Engines.OverlayDriver;

/// <summary>Names and forms of names in a home of the overlay2 driver, whose engine may be Docker or one of containers/storage.</summary>
/// <remarks>Immutable and thread-safe. Source: observed on Docker 20.10 and Podman 4.3.</remarks>
public static class OverlayDriverNames
{
    /// <summary>The directory of short links, in the driver home.</summary>
    public static BytePath Links { get; } = BytePath.FromText("l");

    /// <summary>The directory of a layer's files.</summary>
    public static BytePath Diff { get; } = BytePath.FromText("diff");

    /// <summary>A layer's work directory.</summary>
    public static BytePath Work { get; } = BytePath.FromText("work");

    /// <summary>Where a layer is mounted.</summary>
    public static BytePath Merged { get; } = BytePath.FromText("merged");

    /// <summary>The file with a layer's own short name.</summary>
    public static BytePath Link { get; } = BytePath.FromText("link");

    /// <summary>The file with the short names of the layers below, nearest first.</summary>
    public static BytePath Lower { get; } = BytePath.FromText("lower");

    /// <summary>The file with the ids of the layers below, nearest first, of containers/storage since 1.63; it wins over <see cref="Lower"/>.</summary>
    public static BytePath LowerLayers { get; } = BytePath.FromText("lower-layers");

    /// <summary>The empty file that marks a finished layer of Docker.</summary>
    public static BytePath Committed { get; } = BytePath.FromText("committed");

    private const int ShortNameLength = 26;
    private const int LayerIdLength = 64;
    private const int BuildCacheIdLength = 25;

    private static readonly SearchValues<byte> s_base32 = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"u8);
    private static readonly SearchValues<byte> s_hexadecimal = SearchValues.Create("0123456789abcdef"u8);
    private static readonly SearchValues<byte> s_base36 = SearchValues.Create("0123456789abcdefghijklmnopqrstuvwxyz"u8);

    /// <summary>What the id of a container's second layer ends in.</summary>
    public static ReadOnlySpan<byte> InitSuffix => "-init"u8;

    /// <summary>What comes before a short name in a <c>lower</c> file.</summary>
    public static ReadOnlySpan<byte> LowerPrefix => "l/"u8;

    /// <summary>Whether a name is a short name: 26 characters of base 32.</summary>
    /// <param name="name">The name.</param>
    public static bool IsShortName(ReadOnlySpan<byte> name) =>
        name.Length == ShortNameLength && !name.ContainsAnyExcept(s_base32);

    /// <summary>Whether a name is one that the engine (64 hexadecimal digits, perhaps with <c>-init</c>) or BuildKit (25 letters and digits) gives a layer.</summary>
    /// <param name="name">The name.</param>
    public static bool IsLayerId(ReadOnlySpan<byte> name)
    {
        if (name.Length == BuildCacheIdLength)
            return !name.ContainsAnyExcept(s_base36);
        if (name.EndsWith(InitSuffix))
            name = name[..^InitSuffix.Length];
        return IsHexadecimalId(name);
    }

    /// <summary>Whether a name is 64 hexadecimal digits: the id of a container, a layer or a SHA-256 digest.</summary>
    /// <param name="name">The name.</param>
    public static bool IsHexadecimalId(ReadOnlySpan<byte> name) => name.Length == LayerIdLength && !name.ContainsAnyExcept(s_hexadecimal);

    /// <summary>The short name of an element <c>l/NAME</c> of a <c>lower</c> file.</summary>
    /// <param name="lowerElement">The element.</param>
    /// <param name="name">The short name.</param>
    public static bool TryGetShortName(ByteString lowerElement, out ByteString name)
    {
        bool matches = lowerElement.Span.StartsWith(LowerPrefix) && IsShortName(lowerElement.Span[LowerPrefix.Length..]);
        name = matches ? ByteString.Wrap(lowerElement.Memory[LowerPrefix.Length..]) : default;
        return matches;
    }

    /// <summary>The element of a <c>lower</c> file for a short name.</summary>
    /// <param name="shortName">The short name.</param>
    public static ByteString LowerElement(ByteString shortName) => new([.. LowerPrefix, .. shortName.Span]);

    /// <summary>What a <c>lower-layers</c> file holds for these layers.</summary>
    /// <param name="layerIds">The ids, nearest first.</param>
    public static ByteString LowerLayersOf(IEnumerable<ByteString> layerIds)
    {
        List<byte> list = [];
        foreach (ByteString id in layerIds)
        {
            if (list.Count > 0)
                list.Add((byte)':');
            list.AddRange(id.Span);
        }

        return new ByteString(list.ToArray());
    }

    /// <summary>What the link of a layer's short name holds: <c>../ID/diff</c>.</summary>
    /// <param name="layerId">The layer's id.</param>
    public static BytePath ShortLinkTarget(ByteString layerId) => new([.. "../"u8, .. layerId.Span, .. "/diff"u8]);

    /// <summary>The layer that a link of the directory <c>l</c> leads to, where it has the engine's form <c>../ID/diff</c>.</summary>
    /// <param name="target">What the link holds.</param>
    /// <param name="layerId">The layer's id.</param>
    public static bool TryGetLinkedLayer(BytePath target, out ByteString layerId)
    {
        ReadOnlySpan<byte> path = target.Span;
        ReadOnlySpan<byte> before = "../"u8;
        ReadOnlySpan<byte> after = "/diff"u8;
        layerId = default;
        if (path.Length <= before.Length + after.Length || !path.StartsWith(before) || !path.EndsWith(after))
            return false;

        layerId = ByteString.Wrap(target.Bytes.Memory[before.Length..^after.Length]);
        return !layerId.Span.Contains((byte)'/') && !layerId.Span.SequenceEqual(".."u8) && !layerId.Span.SequenceEqual("."u8);
    }

    /// <summary>The driver home of a mount where the driver mounts a layer: on <c>HOME/LAYER/merged</c>.</summary>
    /// <param name="mountPoint">Where something is mounted.</param>
    /// <param name="home">The driver home.</param>
    public static bool TryGetHome(BytePath mountPoint, out BytePath home)
    {
        home = default;
        return mountPoint.FileName == Merged.Bytes && mountPoint.TryGetParent(out BytePath layer) && IsLayerId(layer.FileName.Span) && layer.TryGetParent(out home);
    }

    /// <summary>The root directories of the driver homes of a name that mounted layers tell of, each once.</summary>
    internal static IEnumerable<BytePath> RootsOf(IEnumerable<MountedOverlay> overlays, BytePath homeName)
    {
        HashSet<BytePath> seen = [];
        foreach (MountedOverlay overlay in overlays)
        {
            if (TryGetHome(overlay.MountPoint, out BytePath home) && home.FileName == homeName.Bytes && home.TryGetParent(out BytePath root) && seen.Add(root))
                yield return root;
        }
    }
}
