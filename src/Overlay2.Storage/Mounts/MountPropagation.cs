using System.Buffers.Text;
using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.Mounts;

/// <summary>How mounts and unmounts spread to and from a mount.</summary>
/// <param name="SharedPeerGroup">The peer group the mount shares with; <see langword="null"/> if it is not shared.</param>
/// <param name="Master">The peer group the mount receives from; <see langword="null"/> if it is no slave.</param>
/// <param name="PropagateFrom">The nearest peer group below the process's root that the mount receives from, where that is not
/// the master itself; <see langword="null"/> if the kernel named none.</param>
/// <param name="IsUnbindable">Whether the mount can not be bind mounted.</param>
/// <remarks>Source: mount_namespaces(7), proc_pid_mountinfo(5).</remarks>
[StructLayout(LayoutKind.Auto)]
public readonly record struct MountPropagation(int? SharedPeerGroup, int? Master, int? PropagateFrom, bool IsUnbindable)
{
    /// <summary>Whether mounts below this one appear below its peers.</summary>
    public bool IsShared => SharedPeerGroup is not null;

    /// <summary>Whether mounts below the master appear here.</summary>
    public bool IsSlave => Master is not null;

    /// <summary>Whether nothing spreads to or from the mount.</summary>
    public bool IsPrivate => !IsShared && !IsSlave;

    /// <summary>Reads the optional fields; unknown tags, and values that are no number, say nothing. The last of a tag counts.</summary>
    internal static MountPropagation Read(ImmutableArray<ByteString> optionalFields)
    {
        int? shared = null;
        int? master = null;
        int? from = null;
        bool unbindable = false;
        foreach (ByteString optional in optionalFields)
        {
            ReadOnlySpan<byte> field = optional.Span;
            int colon = field.IndexOf((byte)':');
            if (colon < 0)
            {
                unbindable |= field.SequenceEqual("unbindable"u8);
                continue;
            }

            ReadOnlySpan<byte> tag = field[..colon];
            ReadOnlySpan<byte> digits = field[(colon + 1)..];
            if (!Utf8Parser.TryParse(digits, out int group, out int consumed) || consumed != digits.Length || group < 0)
                continue;
            if (tag.SequenceEqual("shared"u8))
                shared = group;
            else if (tag.SequenceEqual("master"u8))
                master = group;
            else if (tag.SequenceEqual("propagate_from"u8))
                from = group;
        }

        return new MountPropagation(shared, master, from, unbindable);
    }
}
