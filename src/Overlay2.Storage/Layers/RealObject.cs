using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Simulation.Backing;

namespace Overlay2.Storage.Layers;

/// <summary>An object of a directory layer behind a simulated one.</summary>
internal sealed class RealObject(RealLayer layer, LayerObject at) : IRealObject
{
    private const int PageSize = FileContent.PageSize;

    public bool TryFind(ByteString key, [MaybeNullWhen(false)] out BackingInode value)
    {
        LayerResult<LayerObject> found = layer.Layer.Find(at, key);
        value = layer.Take(found) ? layer.Load(found.Value!) : null;
        return value is not null;
    }

    public IEnumerable<KeyValuePair<ByteString, BackingInode>> ReadAll()
    {
        foreach (LayerResult<LayerObject> entry in layer.Layer.Enumerate(at))
        {
            if (layer.Take(entry))
                yield return KeyValuePair.Create(entry.Value!.Name, layer.Load(entry.Value));
        }
    }

    public IEnumerable<ByteString> ReadKeys()
    {
        foreach (LayerResult<ByteString> name in layer.Layer.Names(at))
        {
            if (layer.Take(name))
                yield return name.Value;
        }
    }

    public IEnumerable<KeyValuePair<ByteString, byte[]>> ReadAttributes()
    {
        List<KeyValuePair<ByteString, byte[]>> attributes = [];
        LayerProblem? problem = layer.Layer.ReadAttributes(at, (name, value) =>
        {
            // xfs shows an ACL in a form of its own too.
            if (XfsAcl.PosixName(name) is null)
                attributes.Add(KeyValuePair.Create(name, value));
        });
        if (problem is not null)
            layer.Problems.Add(problem);
        return attributes;
    }

    public IEnumerable<(long First, long End)> ReadPageRanges()
    {
        LayerResult<ImmutableArray<LayerRange>> ranges = layer.Layer.ReadDataRanges(at);

        // Where the holes cannot be seen the file counts as full.
        ImmutableArray<LayerRange> known = layer.Take(ranges) ? ranges.Value : [new LayerRange(0, at.Size)];
        long last = 0;
        foreach (LayerRange range in known)
        {
            long first = Math.Max(last, range.Start / PageSize);
            last = (range.End + PageSize - 1) / PageSize;
            if (last > first)
                yield return (first, last);
        }
    }

    public void ReadPage(long number, Span<byte> page)
    {
        LayerResult<int> read = layer.Layer.Read(at, number * PageSize, page);
        page[(layer.Take(read) ? read.Value : 0)..].Clear();
    }

    public (byte Type, byte[] Bytes)? ReadHandle() => layer.Layer.ReadHandle(at);
}
