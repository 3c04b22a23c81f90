using Overlay2.Storage.Bytes;
using Overlay2.Storage.Kernel;
using Overlay2.Storage.Simulation;
using Overlay2.Storage.Simulation.Backing;

namespace Overlay2.Storage.Layers;

/// <summary>Brings a directory layer into a simulated file system, object by object as they are asked for.</summary>
internal sealed class RealLayer(DirectoryLayer layer, BackingFileSystem fileSystem, LayerProblems problems)
{
    public DirectoryLayer Layer { get; } = layer;

    public LayerProblems Problems { get; } = problems;

    public BackingInode LoadRoot() => Load(Layer.Root);

    public BackingInode Load(LayerObject at)
    {
        var status = new LoadedStatus
        {
            Number = at.Inode,
            Type = at.Type,
            Mode = at.Mode,
            Uid = at.Uid,
            Gid = at.Gid,
            LinkCount = LinkCount(at),
            Size = at.Size,
            AccessTime = at.AccessTime,
            ModificationTime = at.ModificationTime,
            ChangeTime = at.ChangeTime,
            Flags = at.Flags,
            Device = at.Type is FileType.CharacterDevice or FileType.BlockDevice ? at.Device : default,
            LinkTarget = at.Type == FileType.SymbolicLink ? ReadLink(at) : default,
        };
        return fileSystem.Load(status, new RealObject(this, at));
    }

    /// <summary>Notes a problem; that a name is not there is none.</summary>
    public bool Take<T>(LayerResult<T> result)
    {
        if (result.Problem is { } problem && problem.Error != LinuxError.ENOENT)
            Problems.Add(problem);
        return result.IsRead;
    }

    /// <summary>Some file systems do not count the links of directories; a directory that is there has its two.</summary>
    private static int LinkCount(LayerObject at) => at.Type == FileType.Directory ? Math.Max(2, at.LinkCount) : at.LinkCount;

    private ByteString ReadLink(LayerObject at)
    {
        LayerResult<BytePath> target = Layer.ReadLink(at);
        return Take(target) ? target.Value.Bytes : default;
    }
}
