using Overlay2.Storage.Bytes;
using Overlay2.Storage.Simulation;
using Overlay2.Storage.Simulation.Backing;

namespace Overlay2.Storage.Tests.Simulation.Backing;

/// <summary>A file system of the model by itself: no overlay, a clock that the test moves.</summary>
internal sealed class Disk : TimeProvider
{
    private long _seconds = 1000;

    public Disk(SimulatedFileSystemKind kind, long? blocks = null)
    {
        Clock = new SimulationClock(this);
        FileSystem = new BackingFileSystem(kind, new byte[16], blocks, Clock, Journal);
        Root = FileSystem.NewRoot();
    }

    public static TheoryData<SimulatedFileSystemKind> Kinds => [SimulatedFileSystemKind.Ext4, SimulatedFileSystemKind.Xfs, SimulatedFileSystemKind.Tmpfs];

    public Journal Journal { get; } = new();

    public SimulationClock Clock { get; }

    public BackingFileSystem FileSystem { get; }

    public BackingInode Root { get; }

    /// <summary>The present time in nanoseconds.</summary>
    public long Now => _seconds * 1_000_000_000;

    public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch.AddSeconds(_seconds);

    /// <summary>Lets a second pass.</summary>
    public void Tick()
    {
        _seconds++;
        Clock.NextOperation();
    }

    public static ByteString Name(string name) => ByteString.FromText(name);

    public BackingInode MakeFile(string name, params byte[] content)
    {
        BackingInode file = FileSystem.Create(Root, Name(name), new NewObject { Type = FileType.Regular, Mode = 0x1A4 });
        FileSystem.Write(file, 0, content, out _);
        return file;
    }

    public BackingInode MakeDirectory(string name, BackingInode? parent = null) =>
        FileSystem.Create(parent ?? Root, Name(name), new NewObject { Type = FileType.Directory, Mode = 0x1ED });
}
