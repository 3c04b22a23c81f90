using System.Runtime.InteropServices;

namespace Overlay2.Storage.Interop;

/// <summary>What listmount(2) and statmount(2) are asked (struct mnt_id_req).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct MountIdRequest
{
    /// <summary>In place of a mount id: the root of the namespace.</summary>
    public const ulong Root = ulong.MaxValue;

    public uint Size;
    private readonly uint _spare;

    /// <summary>A unique mount id, or <see cref="Root"/>.</summary>
    public ulong MountId;

    /// <summary>statmount: the mask of what is wanted; listmount: the last id of the call before.</summary>
    public ulong Parameter;

    /// <summary>The mount namespace (Linux 6.11); 0 for the caller's own.</summary>
    public ulong NamespaceId;

    public static unsafe MountIdRequest Create(ulong mountId, ulong parameter, ulong namespaceId) => new()
    {
        Size = (uint)sizeof(MountIdRequest),
        MountId = mountId,
        Parameter = parameter,
        NamespaceId = namespaceId,
    };
}
