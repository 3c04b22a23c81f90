using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.Repair;

/// <summary>Stops or starts a container, through the engine.</summary>
/// <param name="ContainerId">The id, in full.</param>
/// <param name="Start">Starts it; otherwise stops it.</param>
public sealed record ContainerAction(ByteString ContainerId, bool Start) : RepairAction;
