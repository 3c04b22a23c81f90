using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.Engines.Containerd;

/// <summary>What is taken out of containerd's own database.</summary>
internal sealed class ContainerdMetadata
{
    public List<ByteString> Namespaces { get; } = [];

    public List<ContainerdSnapshotName> SnapshotNames { get; } = [];

    public List<ContainerdContainer> Containers { get; } = [];

    public List<ContainerdImage> Images { get; } = [];

    public List<ContainerdLease> Leases { get; } = [];

    public List<ContainerdContentRecord> ContentRecords { get; } = [];

    public List<ContainerdHeldSnapshot> HeldSnapshots { get; } = [];

    public List<ContainerdSandbox> Sandboxes { get; } = [];
}
