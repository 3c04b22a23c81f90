using Microsoft.Win32.SafeHandles;

namespace Overlay2.Storage.Interop;

/// <summary>Gives a file or directory the owner, mode and extended attributes of another.</summary>
internal static class EntryAttributes
{
    /// <summary>Without set-user-ID and set-group-ID: what runs as somebody else is never made anew.</summary>
    private const uint Permissions = 0x3FF; // 01777

    /// <summary>Copies them, but for the rights that a program has by its file.</summary>
    /// <param name="from">The other one.</param>
    /// <param name="to">The new one, its owner the caller and its mode whatever it was made with.</param>
    /// <param name="lost">What could not be carried over, in words; empty if all was.</param>
    /// <returns>No error, or the kernel's.</returns>
    public static Errno Copy(SafeFileHandle from, SafeFileHandle to, out string lost)
    {
        lost = "its status";
        if (!LibC.TryStatx(from, StatusMask.Basic, out FileStatus old, out Errno error) || !LibC.TryStatx(to, StatusMask.Basic, out FileStatus made, out error))
            return error;
        lost = "its owner";
        if (old.UserId != made.UserId || old.GroupId != made.GroupId)
            error = LibC.ChangeOwner(to, old.UserId, old.GroupId);
        if (error.IsError)
            return error;
        lost = "its mode";
        error = LibC.ChangeMode(to, (uint)old.Mode & Permissions);
        if (error.IsError)
            return error;
        lost = "its extended attributes";
        if (!LibC.TryListExtendedAttributes(from, out byte[] names, out error) && error != Errno.EOPNOTSUPP)
            return error;
        foreach (Range range in names.AsSpan().Split((byte)0))
        {
            ReadOnlySpan<byte> name = names.AsSpan(range);

            // After the last one comes nothing; the next two are sums over the content, which the kernel makes anew; what other content may do is no right of this one.
            if (name.IsEmpty || name.SequenceEqual("security.ima"u8) || name.SequenceEqual("security.evm"u8) || name.SequenceEqual("security.capability"u8))
                continue;
            error = CopyAttribute(from, to, name);
            if (!error.IsError)
                continue;
            lost = $"its attribute {System.Text.Encoding.UTF8.GetString(name)}";
            return error;
        }

        lost = "";
        return default;
    }

    private static Errno CopyAttribute(SafeFileHandle from, SafeFileHandle to, ReadOnlySpan<byte> name)
    {
        if (!LibC.TryGetExtendedAttribute(from, name, out byte[] value, out Errno error))
            return error;
        bool isThere = LibC.TryGetExtendedAttribute(to, name, out byte[] present, out _) && present.AsSpan().SequenceEqual(value);
        return isThere ? default : LibC.SetExtendedAttribute(to, name, value);
    }
}
