using System.Buffers.Binary;
using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.Simulation.Backing;

/// <summary>The form in which xfs stores ACLs and shows them to the superuser: big-endian, twelve bytes an entry.</summary>
internal static class XfsAcl
{
    private static readonly ByteString FileName = ByteString.FromText("trusted.SGI_ACL_FILE");
    private static readonly ByteString DefaultName = ByteString.FromText("trusted.SGI_ACL_DEFAULT");

    /// <summary>The attribute that shows an ACL, if the name is that of one.</summary>
    public static ByteString? NameFor(ByteString posixName) =>
        posixName == PosixAcl.AccessName ? FileName : posixName == PosixAcl.DefaultName ? DefaultName : null;

    /// <summary>The ACL behind an attribute, if the name is that of one.</summary>
    public static ByteString? PosixName(ByteString name) =>
        name == FileName ? PosixAcl.AccessName : name == DefaultName ? PosixAcl.DefaultName : null;

    public static byte[] FromPosix(ReadOnlySpan<byte> acl)
    {
        int count = (acl.Length - 4) / 8;
        byte[] result = new byte[4 + (count * 12)];
        BinaryPrimitives.WriteInt32BigEndian(result, count);
        for (int i = 0; i < count; i++)
        {
            ReadOnlySpan<byte> entry = acl[(4 + (i * 8))..];
            Span<byte> target = result.AsSpan(4 + (i * 12));
            BinaryPrimitives.WriteUInt32BigEndian(target, BinaryPrimitives.ReadUInt16LittleEndian(entry));
            BinaryPrimitives.WriteUInt32BigEndian(target[4..], BinaryPrimitives.ReadUInt32LittleEndian(entry[4..]));
            BinaryPrimitives.WriteUInt16BigEndian(target[8..], BinaryPrimitives.ReadUInt16LittleEndian(entry[2..]));
        }

        return result;
    }
}
