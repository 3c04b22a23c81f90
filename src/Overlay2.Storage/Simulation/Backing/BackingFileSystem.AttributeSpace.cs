using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.Simulation.Backing;

internal sealed partial class BackingFileSystem
{
    /// <summary>What ext4 has for attributes in an inode of 256 bytes: behind the fixed fields, less the mark at the start and the end.</summary>
    private const int AttributeSpaceInInode = 256 - 128 - 32 - 8;

    /// <summary>What it has in the one further block, less the header and the end.</summary>
    private const int AttributeSpaceInBlock = PageSize - 32 - 4;

    /// <summary>Finds room for an attribute: ext4 puts it into the inode if it fits there, else into a block, and has no more.</summary>
    private bool FindPlace(BackingInode inode, ByteString name, ReadOnlySpan<byte> value)
    {
        if (Kind != SimulatedFileSystemKind.Ext4)
            return true;
        int inInode = 0, inBlock = 0;
        foreach ((ByteString other, byte[] held) in inode.ExtendedAttributes.Items)
        {
            if (other == name)
            {
                // The same value again moves nothing.
                if (value.SequenceEqual(held))
                    return true;
                continue;
            }

            if (inode.AttributesInInode?.ContainsKey(other) == true)
                inInode += AttributeSize(other, held);
            else
                inBlock += AttributeSize(other, held);
        }

        int size = AttributeSize(name, value);
        if (inInode + size <= AttributeSpaceInInode)
        {
            inode.KeepInInode(name);
            return true;
        }

        if (inBlock + size > AttributeSpaceInBlock)
            return false;
        inode.AttributesInInode?.Remove(name);
        return true;
    }

    /// <summary>An entry of 16 bytes and the name without its prefix, and the value; an ACL is stored with shorter entries and no name.</summary>
    private static int AttributeSize(ByteString name, ReadOnlySpan<byte> value)
    {
        const int Entry = 16;
        static int Aligned(int length) => (length + 3) / 4 * 4;
        return PosixAcl.IsAclName(name)
            ? Entry + PosixAcl.StoredSize(value)
            : Entry + Aligned(name.Length - (name.Span.IndexOf((byte)'.') + 1)) + Aligned(value.Length);
    }
}
