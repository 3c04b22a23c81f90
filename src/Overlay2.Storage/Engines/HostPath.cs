using Overlay2.Storage.Bytes;
using Overlay2.Storage.Interop;

namespace Overlay2.Storage.Engines;

/// <summary>Follows symbolic links below a host's root directory.</summary>
internal static class HostPath
{
    private const int MostLinks = 40;

    /// <summary>The path without symbolic links, as the mount table has it; the path itself where it cannot be walked.</summary>
    public static BytePath Resolve(RootedDirectory root, BytePath path)
    {
        BytePath resolved = BytePath.Root;
        var names = new Stack<ByteString>();
        Push(names, path);
        int links = 0;
        while (names.TryPop(out ByteString name))
        {
            if (name.Span.SequenceEqual(".."u8))
            {
                if (resolved.TryGetParent(out BytePath parent))
                    resolved = parent;
                continue;
            }

            BytePath next = resolved.Combine(new BytePath(name));
            if (!root.TryReadLink(next.Span, LinkRule.FollowInside, out byte[] target, out _))
            {
                resolved = next;
                continue;
            }

            if (++links > MostLinks)
                return path;
            var link = new BytePath(target);
            if (link.IsAbsolute)
                resolved = BytePath.Root;
            Push(names, link);
        }

        return resolved;
    }

    private static void Push(Stack<ByteString> names, BytePath path)
    {
        List<ByteString> components = [];
        foreach (ReadOnlySpan<byte> component in path.GetComponents())
        {
            if (!component.SequenceEqual("."u8))
                components.Add(new ByteString(component));
        }

        for (int i = components.Count - 1; i >= 0; i--)
            names.Push(components[i]);
    }
}
