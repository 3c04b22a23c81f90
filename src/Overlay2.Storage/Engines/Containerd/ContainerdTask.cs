using System.Text.Json.Serialization;
using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.Engines.Containerd;

/// <summary>A container's task: what runs of it, or ran and was not removed (<c>STATE/io.containerd.runtime.v2.task/NAMESPACE/ID</c>).</summary>
/// <remarks>Immutable and thread-safe. Source: observed on containerd 1.6.</remarks>
/// <param name="Namespace">The namespace of its container.</param>
/// <param name="ContainerId">Its container.</param>
/// <param name="Directory">Its directory on the host.</param>
public sealed record ContainerdTask(ByteString Namespace, ByteString ContainerId, BytePath Directory)
{
    /// <summary>The process id of its first process (<c>init.pid</c>), also after that ended; <see langword="null"/> where not noted.</summary>
    public int? ProcessId { get; init; }

    /// <summary>Where the container's root file system is mounted: <c>rootfs</c>.</summary>
    [JsonIgnore]
    public BytePath RootFileSystem => Directory.Combine(ContainerdNames.RootFileSystem);
}
