using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.Hosts;

/// <summary>Driver homes by the paths above what is asked for: the cost is that of the path, however many homes there are.</summary>
internal sealed class HomeIndex
{
    private readonly Dictionary<BytePath, DriverHome> _homes = [];

    /// <param name="homes">The homes; of several at one place the first counts.</param>
    /// <param name="place">The place of each.</param>
    public HomeIndex(ImmutableArray<DriverHome> homes, Func<DriverHome, BytePath> place)
    {
        foreach (DriverHome home in homes)
            _homes.TryAdd(Plain(place(home)), home);
    }

    /// <summary>The home whose place a path is at or below; of places within one another the innermost.</summary>
    public bool TryFind(BytePath path, [NotNullWhen(true)] out DriverHome? home)
    {
        for (BytePath at = Plain(path); ;)
        {
            if (_homes.TryGetValue(at, out home))
                return true;
            if (!at.TryGetParent(out at))
                return false;
        }
    }

    /// <summary>The components alone, each behind one slash.</summary>
    internal static BytePath Plain(BytePath path)
    {
        if (path.Span.IndexOf("//"u8) < 0 && (path.Length <= 1 || !path.Span.EndsWith("/"u8)))
            return path;
        List<byte> plain = new(path.Length);
        foreach (ReadOnlySpan<byte> component in path.GetComponents())
        {
            if (plain.Count > 0 || path.IsAbsolute)
                plain.Add((byte)'/');
            plain.AddRange(component);
        }

        return plain.Count == 0 && path.IsAbsolute ? BytePath.Root : new BytePath(CollectionsMarshal.AsSpan(plain));
    }
}
