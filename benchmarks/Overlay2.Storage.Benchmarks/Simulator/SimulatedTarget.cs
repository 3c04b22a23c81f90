using Overlay2.Storage.Bytes;
using Overlay2.Storage.Kernel;
using Overlay2.Storage.Simulation;

namespace Overlay2.Storage.Benchmarks.Simulator;

/// <summary>An overlay in the simulator.</summary>
internal sealed class SimulatedTarget : IOperationTarget
{
    private static readonly ByteString s_attribute = ByteString.FromText("user.note");
    private static readonly byte[] s_data = new byte[OperationMix.LargestFile];

    private readonly OverlaySimulator _simulator;

    public SimulatedTarget(LayerTree[] lowers, KernelProfile profile)
    {
        var memory = new SimulatedFileSystem(SimulatedFileSystemKind.Tmpfs);
        var setup = new SimulationSetup
        {
            Lowers = [.. lowers.Select(tree => new SimulatedLayer(tree, memory))],
            Upper = new SimulatedLayer(LayerTree.Empty, memory),
            Options = SampleLayers.Options,
            Profile = profile,
        };
        LinuxError error = OverlaySimulator.TryMount(setup, out OverlaySimulator? simulator);
        _simulator = simulator ?? throw new InvalidOperationException("The simulator does not mount the layers: " + error);
    }

    public long Run(Operation operation) => operation.Kind switch
    {
        OperationKind.Stat => Stat(operation),
        OperationKind.Read => Read(operation),
        OperationKind.Write => Write(operation),
        OperationKind.ReadDirectory => ReadDirectory(operation),
        OperationKind.MakeDirectory => -(long)_simulator.MakeDirectory(operation.Path, 0b111_101_101).Error,
        OperationKind.RemoveDirectory => -(long)_simulator.RemoveDirectory(operation.Path).Error,
        OperationKind.Unlink => -(long)_simulator.Unlink(operation.Path).Error,
        OperationKind.Rename => -(long)_simulator.Rename(operation.Path, operation.Other, RenameFlags.None).Error,
        OperationKind.ChangeMode => -(long)_simulator.ChangeMode(operation.Path, operation.Number).Error,
        OperationKind.ChangeOwner => -(long)_simulator.ChangeOwner(operation.Path, (uint)operation.Number, null, follow: false).Error,
        OperationKind.Link => -(long)_simulator.Link(operation.Path, operation.Other, follow: false).Error,
        OperationKind.MakeSymbolicLink => -(long)_simulator.MakeSymbolicLink(operation.Other, operation.Path).Error,
        OperationKind.ReadLink => ReadLink(operation),
        OperationKind.SetExtendedAttribute => -(long)_simulator.SetExtendedAttribute(operation.Path, s_attribute, "value"u8, AttributeMode.Any, follow: true).Error,
        OperationKind.GetExtendedAttribute => GetExtendedAttribute(operation),
        OperationKind.Truncate => -(long)_simulator.Truncate(operation.Path, operation.Number).Error,
        _ => throw new ArgumentOutOfRangeException(nameof(operation)),
    };

    public void Dispose()
    {
    }

    private static long Answer(LinuxError error, long value) => error == LinuxError.OK ? value : -(long)error;

    private long Stat(Operation operation)
    {
        OperationResult<FileStatus?> result = _simulator.Stat(operation.Path, follow: true);
        if (!result.IsSuccess)
            return -(long)result.Error;
        FileStatus status = result.Value!;
        return status.Type == FileType.Regular ? (status.Size << 13) | 0x1000L | (uint)status.Mode : (uint)status.Mode;
    }

    private long Read(Operation operation)
    {
        OperationResult<int> file = _simulator.Open(operation.Path, OpenFlags.ReadOnly, 0);
        if (!file.IsSuccess)
            return -(long)file.Error;
        OperationResult<byte[]> read = _simulator.Read(file.Value, 0, operation.Number);
        _simulator.Close(file.Value);
        return read.IsSuccess ? read.Value.Length : -(long)read.Error;
    }

    private long Write(Operation operation)
    {
        OperationResult<int> file = _simulator.Open(operation.Path, OpenFlags.WriteOnly | OpenFlags.Create, 0b110_100_100);
        if (!file.IsSuccess)
            return -(long)file.Error;
        OperationResult<int> written = _simulator.Write(file.Value, 0, s_data.AsSpan(0, operation.Number));
        _simulator.Close(file.Value);
        return Answer(written.Error, written.Value);
    }

    private long ReadDirectory(Operation operation)
    {
        OperationResult<IReadOnlyList<DirectoryEntry>> read = _simulator.ReadDirectory(operation.Path);
        return read.IsSuccess ? read.Value.Count : -(long)read.Error;
    }

    private long ReadLink(Operation operation)
    {
        OperationResult<BytePath> read = _simulator.ReadLink(operation.Path);
        return Answer(read.Error, read.Value.Length);
    }

    private long GetExtendedAttribute(Operation operation)
    {
        OperationResult<byte[]> read = _simulator.GetExtendedAttribute(operation.Path, s_attribute, follow: true);
        return read.IsSuccess ? read.Value.Length : -(long)read.Error;
    }
}
