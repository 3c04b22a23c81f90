using Overlay2.Storage.Mounts;

namespace Overlay2.Storage.TestShared;

/// <summary>What <see cref="MountInfoReference"/> makes of a line.</summary>
internal sealed class MountInfoReferenceLine
{
    public int Number { get; init; }

    /// <summary>Set if the line is bad; then nothing else is.</summary>
    public MountInfoError Error { get; init; }

    public byte[] Line { get; init; } = [];

    public (int Value, MountInfoError Error) MountId { get; init; }

    public (int Value, MountInfoError Error) ParentId { get; init; }

    public (int Value, MountInfoError Error) Major { get; init; }

    public (int Value, MountInfoError Error) Minor { get; init; }

    public byte[] Root { get; init; } = [];

    public byte[] MountPoint { get; init; } = [];

    public byte[] Options { get; init; } = [];

    public byte[] OptionalFields { get; init; } = [];

    public byte[] FileSystemType { get; init; } = [];

    public byte[] Source { get; init; } = [];

    public byte[] SuperOptions { get; init; } = [];
}
