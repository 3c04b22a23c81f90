using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.Simulation.Merging;

/// <summary>Collects what one operation did.</summary>
internal sealed class EffectLog
{
    private readonly List<Effect> _effects = [];

    /// <summary>Whether only kinds and bytes are wanted: each path costs its depth.</summary>
    public bool LeavesOutPaths { get; set; }

    public bool IsEmpty => _effects.Count == 0;

    public Effect[] Take()
    {
        if (_effects.Count == 0)
            return [];
        Effect[] taken = [.. _effects];
        _effects.Clear();
        return taken;
    }

    public void Clear() => _effects.Clear();

    public void Add(EffectKind kind, OverlayDentry dentry, long bytes = 0) =>
        _effects.Add(new Effect(kind, Path(dentry), bytes, default));

    public void AddMark(OverlayDentry dentry, ByteString mark) =>
        _effects.Add(new Effect(EffectKind.Mark, Path(dentry), 0, mark));

    /// <summary>The path of a name from the root of the overlay, without a leading slash.</summary>
    public static ByteString PathOf(OverlayDentry dentry)
    {
        int length = 0;
        for (OverlayDentry at = dentry; !at.IsRoot; at = at.Parent)
            length += at.Name.Length + 1;
        if (length == 0)
            return default;
        byte[] path = new byte[length - 1];
        int end = path.Length;
        for (OverlayDentry at = dentry; !at.IsRoot; at = at.Parent)
        {
            end -= at.Name.Length;
            at.Name.Span.CopyTo(path.AsSpan(end));
            if (end > 0)
                path[--end] = (byte)'/';
        }

        return ByteString.Wrap(path);
    }

    private BytePath Path(OverlayDentry dentry) => LeavesOutPaths ? default : new BytePath(PathOf(dentry));
}
