using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Kernel;
using Overlay2.Storage.Simulation;

namespace Overlay2.Storage.Layers;

/// <summary>An object of a directory layer as the simulator asks for it; what cannot be read is left out and noted.</summary>
internal sealed class RealObject(DirectoryLayer layer, LayerObject at, LayerProblems problems) : ISourceObject
{
    public SourceStatus ReadStatus() => new()
    {
        InodeNumber = at.Inode,
        Type = at.Type,
        Mode = at.Mode,
        Uid = at.Uid,
        Gid = at.Gid,

        // Some file systems do not count the links of directories; a directory that is there has its two.
        LinkCount = at.Type == FileType.Directory ? Math.Max(2, at.LinkCount) : at.LinkCount,
        Size = at.Size,
        AccessTime = at.AccessTime,
        ModificationTime = at.ModificationTime,
        ChangeTime = at.ChangeTime,
        Flags = at.Flags,
        Device = at.Type is FileType.CharacterDevice or FileType.BlockDevice ? at.Device : default,
        LinkTarget = at.Type == FileType.SymbolicLink && Take(layer.ReadLink(at), out BytePath target) ? target.Bytes : default,
    };

    public bool TryFind(ByteString name, [MaybeNullWhen(false)] out ISourceObject found)
    {
        found = Take(layer.Find(at, name), out LayerObject? entry) ? Of(entry) : null;
        return found is not null;
    }

    public IEnumerable<KeyValuePair<ByteString, ISourceObject>> ReadEntries()
    {
        foreach (LayerResult<LayerObject> result in layer.Enumerate(at))
        {
            if (Take(result, out LayerObject? entry))
                yield return KeyValuePair.Create<ByteString, ISourceObject>(entry.Name, Of(entry));
        }
    }

    public IEnumerable<ByteString> ReadNames()
    {
        foreach (LayerResult<ByteString> result in layer.Names(at))
        {
            if (Take(result, out ByteString name))
                yield return name;
        }
    }

    public IEnumerable<KeyValuePair<ByteString, byte[]>> ReadAttributes()
    {
        List<KeyValuePair<ByteString, byte[]>> attributes = [];
        LayerProblem? problem = layer.ReadAttributes(at, (name, value) => attributes.Add(KeyValuePair.Create(name, value)));
        if (problem is not null)
            problems.Add(problem);
        return attributes;
    }

    // Where the holes cannot be seen the file counts as full.
    public IEnumerable<LayerRange> ReadDataRanges() =>
        Take(layer.ReadDataRanges(at), out ImmutableArray<LayerRange> ranges) ? ranges : [new LayerRange(0, at.Size)];

    public void Read(long offset, Span<byte> buffer)
    {
        Take(layer.Read(at, offset, buffer), out int length);
        buffer[length..].Clear();
    }

    public SourceHandle? ReadHandle() => layer.ReadHandle(at);

    private RealObject Of(LayerObject entry) => new RealObject(layer, entry, problems);

    /// <summary>Notes a problem; that a name is not there is none.</summary>
    private bool Take<T>(LayerResult<T> result, [NotNullWhen(true)] out T? value)
    {
        if (result.Problem is { } problem && problem.Error != LinuxError.ENOENT)
            problems.Add(problem);
        value = result.Value;
        return result.IsRead;
    }
}
