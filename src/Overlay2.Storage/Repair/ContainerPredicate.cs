using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.Repair;

/// <summary>The engine says that a container runs, or that it does not.</summary>
/// <param name="ContainerId">The id, in full.</param>
/// <param name="Runs">Whether it runs.</param>
public sealed record ContainerPredicate(ByteString ContainerId, bool Runs) : RepairPredicate;
