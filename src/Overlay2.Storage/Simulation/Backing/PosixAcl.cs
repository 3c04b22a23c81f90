using System.Buffers.Binary;
using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.Simulation.Backing;

/// <summary>POSIX access control lists in the form of their extended attributes (acl(5), acl_permission_check).</summary>
internal static class PosixAcl
{
    private const int Header = 4;
    private const int EntrySize = 8;
    private const ushort UserObject = 1;
    private const ushort User = 2;
    private const ushort GroupObject = 4;
    private const ushort Group = 8;
    private const ushort Mask = 0x10;
    private const ushort Other = 0x20;

    public static ByteString AccessName { get; } = ByteString.FromText("system.posix_acl_access");

    public static ByteString DefaultName { get; } = ByteString.FromText("system.posix_acl_default");

    public static bool IsAclName(ByteString name) => name == AccessName || name == DefaultName;

    /// <summary>Whether the bytes are a list of version 2 without entries, which stands for no list.</summary>
    public static bool IsEmpty(ReadOnlySpan<byte> acl) => acl.Length == Header && BinaryPrimitives.ReadUInt32LittleEndian(acl) == 2;

    /// <summary>Whether the bytes are a well-formed list of version 2.</summary>
    public static bool IsValid(ReadOnlySpan<byte> acl)
    {
        if (acl.Length < Header || (acl.Length - Header) % EntrySize != 0 || BinaryPrimitives.ReadUInt32LittleEndian(acl) != 2)
            return false;
        int seen = 0;
        bool named = false;
        for (int at = Header; at < acl.Length; at += EntrySize)
        {
            ushort tag = Tag(acl, at);
            if (tag is not (UserObject or User or GroupObject or Group or Mask or Other) || Permission(acl, at) > 7)
                return false;
            if (tag is User or Group)
                named = true;
            else if ((seen & tag) != 0)
                return false;
            seen |= tag;
        }

        return (seen & UserObject) != 0 && (seen & GroupObject) != 0 && (seen & Other) != 0 && (!named || (seen & Mask) != 0);
    }

    /// <summary>The permission bits that the list stands for; <paramref name="equivalent"/> when it says no more than they do.</summary>
    public static int ToMode(ReadOnlySpan<byte> acl, out bool equivalent)
    {
        int mode = 0;
        int? mask = null;
        equivalent = true;
        for (int at = Header; at < acl.Length; at += EntrySize)
        {
            int permission = Permission(acl, at);
            switch (Tag(acl, at))
            {
                case UserObject: mode |= permission << 6; break;
                case GroupObject: mode |= permission << 3; break;
                case Other: mode |= permission; break;
                case Mask: mask = permission; equivalent = false; break;
                default: equivalent = false; break;
            }
        }

        return mask is { } value ? (mode & ~Permissions.Group) | (value << 3) : mode;
    }

    /// <summary>The list after chmod(2): owner, other and mask (or, without a mask, the group) follow the mode.</summary>
    public static byte[] WithMode(ReadOnlySpan<byte> acl, int mode)
    {
        byte[] result = acl.ToArray();
        bool hasMask = FindMask(acl) is not null;
        for (int at = Header; at < result.Length; at += EntrySize)
        {
            if (ShiftOf(Tag(acl, at), hasMask) is { } shift)
                SetPermission(result, at, (mode >> shift) & 7);
        }

        return result;
    }

    /// <summary>The access list of a new object below a directory with this default list, and its mode (posix_acl_create).</summary>
    /// <param name="defaults">The default list of the directory.</param>
    /// <param name="mode">The mode asked for; narrowed by the list.</param>
    /// <param name="equivalent">Whether the mode says it all, so that no list is stored.</param>
    public static byte[] ForNewObject(ReadOnlySpan<byte> defaults, ref int mode, out bool equivalent)
    {
        byte[] result = defaults.ToArray();
        bool hasMask = FindMask(defaults) is not null;
        int narrowed = mode;
        for (int at = Header; at < result.Length; at += EntrySize)
        {
            if (ShiftOf(Tag(defaults, at), hasMask) is not { } shift)
                continue;
            int permission = Permission(result, at) & (mode >> shift) & 7;
            SetPermission(result, at, permission);
            narrowed &= (permission << shift) | ~(7 << shift);
        }

        ToMode(result, out equivalent);
        mode = narrowed;
        return result;
    }

    /// <summary>Whether the list grants the wanted permission to somebody who is not the owner.</summary>
    public static bool Permits(ReadOnlySpan<byte> acl, Credentials credentials, uint ownerGroup, int wanted)
    {
        int mask = FindMask(acl) ?? 7;
        bool inGroup = false;
        for (int at = Header; at < acl.Length; at += EntrySize)
        {
            int permission = Permission(acl, at);
            switch (Tag(acl, at))
            {
                case User when Id(acl, at) == credentials.Uid:
                    return (permission & mask & wanted) == wanted;
                case GroupObject when ownerGroup == credentials.Gid:
                case Group when Id(acl, at) == credentials.Gid:
                    inGroup = true;
                    if ((permission & wanted) == wanted)
                        return (mask & wanted) == wanted;
                    break;
                case Other:
                    return !inGroup && (permission & wanted) == wanted;
            }
        }

        return false;
    }

    /// <summary>The size that ext4 stores a list in: only entries for a named user or group have an id.</summary>
    public static int StoredSize(ReadOnlySpan<byte> acl)
    {
        int size = Header;
        for (int at = Header; at + EntrySize <= acl.Length; at += EntrySize)
            size += Tag(acl, at) is User or Group ? EntrySize : EntrySize / 2;
        return size;
    }

    /// <summary>Where in a mode the permission of an entry is; in a list with a mask that of the group is only the mask's.</summary>
    private static int? ShiftOf(ushort tag, bool hasMask) => tag switch
    {
        UserObject => 6,
        GroupObject when !hasMask => 3,
        Mask when hasMask => 3,
        Other => 0,
        _ => null,
    };

    private static int? FindMask(ReadOnlySpan<byte> acl)
    {
        int? mask = null;
        for (int at = Header; at < acl.Length; at += EntrySize)
        {
            if (Tag(acl, at) == Mask)
                mask = Permission(acl, at);
        }

        return mask;
    }

    private static ushort Tag(ReadOnlySpan<byte> acl, int at) => BinaryPrimitives.ReadUInt16LittleEndian(acl[at..]);

    private static int Permission(ReadOnlySpan<byte> acl, int at) => BinaryPrimitives.ReadUInt16LittleEndian(acl[(at + 2)..]);

    private static uint Id(ReadOnlySpan<byte> acl, int at) => BinaryPrimitives.ReadUInt32LittleEndian(acl[(at + 4)..]);

    private static void SetPermission(Span<byte> acl, int at, int permission) =>
        BinaryPrimitives.WriteUInt16LittleEndian(acl[(at + 2)..], (ushort)permission);
}
