using System.Collections.Immutable;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Kernel;
using Overlay2.Storage.Simulation;

namespace Overlay2.Storage.Layers;

/// <summary>What an operation on a live overlay would do, if it were done now.</summary>
/// <remarks>Immutable, thread-safe.</remarks>
public sealed record Prediction
{
    /// <summary>The operation.</summary>
    public required OverlayOperation Operation { get; init; }

    /// <summary>The path, from the root of the overlay.</summary>
    public required BytePath Path { get; init; }

    /// <summary>OK, or the first error of the system calls that the operation takes.</summary>
    public required LinuxError Error { get; init; }

    /// <summary>What it does below, in order; a failing operation may have effects too.</summary>
    public required ImmutableArray<Effect> Effects { get; init; }

    /// <summary>The bytes of data that are copied up. For ENOSPC: those that would have to be.</summary>
    public required long CopyUpBytes { get; init; }

    /// <summary>The bytes of data blocks that the upper file system must find room for, at the worst moment.</summary>
    public required long SpaceNeeded { get; init; }

    /// <summary>The inodes that the upper file system must find, at most.</summary>
    public required long InodesNeeded { get; init; }

    /// <summary>The room that there is; <see langword="null"/> without an upper layer or where it cannot be read.</summary>
    public required FileSystemSpace? Space { get; init; }

    /// <summary>The names that keep showing the old data because a hard link is broken.</summary>
    public required int BrokenLinks { get; init; }

    /// <summary>Whether the object shows another st_ino afterwards.</summary>
    public required bool InodeChanges { get; init; }

    /// <summary>Whether the object shows another st_dev afterwards.</summary>
    public required bool DeviceChanges { get; init; }

    /// <summary>Whether memory mappings made before go on showing the old data.</summary>
    public required bool MappingsStale { get; init; }

    /// <summary>Whether files opened for reading before go on showing the old data (kernels before 4.19).</summary>
    public required bool DescriptorsStale { get; init; }

    /// <summary>The whiteouts that are left, from the root of the overlay.</summary>
    public required ImmutableArray<BytePath> Whiteouts { get; init; }

    /// <summary>The option that would let it succeed; <see langword="null"/> if none would.</summary>
    public required SwitchAdvice? Advice { get; init; }

    /// <summary>What could not be read of the layers; then the prediction is no more than a guess.</summary>
    public required ImmutableArray<LayerProblem> Problems { get; init; }

    /// <summary>Whether the operation succeeds.</summary>
    public bool IsSuccess => Error == LinuxError.OK;
}
