using System.Buffers;
using System.Runtime.InteropServices;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Mounts;

namespace Overlay2.Storage.Repair.Predicates;

/// <summary>The mounts of tables by the names in their mount points and, of overlays, in their options: each table is looked through once, however many layers are asked for.</summary>
/// <remarks>Not thread-safe. A table that is asked for no more is forgotten.</remarks>
internal sealed class NamedMounts
{
    private static readonly SearchValues<byte> s_plain = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_."u8);

    private Dictionary<MountTable, Dictionary<ByteString, List<MountEntry>>> _tables = new(ReferenceEqualityComparer.Instance);

    /// <summary>The mounts of tables that may have one of some names in a path, table by table.</summary>
    /// <param name="tables">The tables.</param>
    /// <param name="names">The names. Those with bytes that are written otherwise in options may be in every mount.</param>
    public IEnumerable<MountEntry> Find(IReadOnlyCollection<MountTable> tables, IReadOnlyCollection<ByteString> names)
    {
        if (names.Any(name => name.Span.ContainsAnyExcept(s_plain)))
            return tables.SelectMany(table => table.Entries);
        if (_tables.Count > 2 * tables.Count)
            _tables = _tables.Where(known => tables.Contains(known.Key)).ToDictionary();
        return tables.Distinct().SelectMany(table => names.SelectMany(name => Index(table).GetValueOrDefault(name, [])));
    }

    private Dictionary<ByteString, List<MountEntry>> Index(MountTable table)
    {
        if (_tables.TryGetValue(table, out Dictionary<ByteString, List<MountEntry>>? index))
            return index;
        _tables.Add(table, index = []);
        foreach (MountEntry mount in table.Entries)
        {
            AddNames(index, mount, mount.MountPoint.Bytes);
            if (mount.IsOverlay)
                AddNames(index, mount, mount.SuperOptions);
        }

        return index;
    }

    private static void AddNames(Dictionary<ByteString, List<MountEntry>> index, MountEntry mount, ByteString text)
    {
        ReadOnlySpan<byte> bytes = text.Span;
        for (int start = 0; start < bytes.Length;)
        {
            int length = bytes[start..].IndexOfAnyExcept(s_plain);
            if (length < 0)
                length = bytes.Length - start;
            if (length > 0)
            {
                ref List<MountEntry>? mounts = ref CollectionsMarshal.GetValueRefOrAddDefault(index, ByteString.Wrap(text.Memory.Slice(start, length)), out _);
                mounts ??= [];
                if (mounts.Count == 0 || mounts[^1] != mount)
                    mounts.Add(mount);
            }

            start += length + 1;
        }
    }
}
