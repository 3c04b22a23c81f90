using System.Diagnostics.CodeAnalysis;
using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.Engines.Containerd;

/// <summary>A lease in containerd's database (<c>meta.db</c>, <c>v1/NAMESPACE/leases/ID</c>): what it names is not collected as garbage.</summary>
/// <remarks>
/// Immutable and thread-safe. Docker 29 holds each container's snapshots with one, whether the container runs or not. Source: observed on
/// databases that containerd 1.6 wrote; Docker's use from its documentation.
/// </remarks>
/// <param name="Namespace">The namespace it is in.</param>
/// <param name="Id">Its id.</param>
public sealed record ContainerdLease(ByteString Namespace, ByteString Id)
{
    /// <summary>The names of the overlayfs snapshots that it holds, in the order of their bytes.</summary>
    public IReadOnlyList<ByteString> SnapshotNames { get; init; } = [];

    /// <summary>The digests of the blobs that it holds, in the order of their bytes; none where <see cref="ContainerdSnapshotStore.KnowsRecordReferences"/> is not set.</summary>
    [AllowNull]
    public IReadOnlyList<ByteString> ContentDigests
    {
        get;

        // Files of earlier versions have no such member.
        init => field = value ?? [];
    } = [];

    /// <summary>When it was made.</summary>
    public DateTimeOffset? CreatedAt { get; init; }
}
