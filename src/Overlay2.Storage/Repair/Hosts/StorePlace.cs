using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.Repair.Hosts;

/// <summary>A place in a store.</summary>
/// <param name="Root">The engine's root directory on the host, such as <c>/var/lib/docker</c>. Links on the way to it are followed, as the engine does.</param>
/// <param name="Path">The path below it, such as <c>overlay2/l/NAME</c>; no link on it is followed.</param>
/// <remarks>Immutable and thread-safe.</remarks>
internal sealed record StorePlace(BytePath Root, BytePath Path)
{
    /// <summary>The whole path on the host.</summary>
    internal BytePath FullPath => Root.Combine(Path);

    /// <summary>The place of a path in the store of a root directory.</summary>
    internal static StorePlace Of(BytePath root, BytePath path)
    {
        if (!path.StartsWith(root))
            throw new ArgumentException($"{path} is not below {root}.", nameof(path));
        ReadOnlySpan<byte> below = path.Span;
        foreach (ReadOnlySpan<byte> component in root.GetComponents())
            below = below.TrimStart((byte)'/')[component.Length..];
        return new StorePlace(root, new BytePath(below.TrimStart((byte)'/')));
    }

    /// <summary>The whole path, for showing.</summary>
    public override string ToString() => FullPath.ToString();
}
