using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Overlay2.Storage.Mounts;

public ref partial struct MountInfoReader
{
    /// <summary>Decodes the four numbers of the line.</summary>
    /// <param name="mountId">The id of the mount.</param>
    /// <param name="parentId">The id of the parent mount.</param>
    /// <param name="major">The major device number.</param>
    /// <param name="minor">The minor device number.</param>
    /// <param name="field">The first number that is bad.</param>
    /// <param name="reason">Why it is bad.</param>
    internal readonly bool TryGetNumbers(
        out int mountId, out int parentId, out int major, out int minor, out MountInfoField field, out MountInfoErrorReason reason)
    {
        parentId = major = minor = 0;
        field = MountInfoField.MountId;
        reason = TryGetNumber(field, out mountId);
        if (reason == MountInfoErrorReason.None)
            reason = TryGetNumber(field = MountInfoField.ParentId, out parentId);
        if (reason == MountInfoErrorReason.None)
            reason = TryGetNumber(field = MountInfoField.Major, out major);
        if (reason == MountInfoErrorReason.None)
            reason = TryGetNumber(field = MountInfoField.Minor, out minor);
        return reason == MountInfoErrorReason.None;
    }

    /// <summary>The offset in the whole text of the digits of a number.</summary>
    internal readonly long GetPosition(MountInfoField field) => _bytesBefore + GetOffset(field);

    /// <summary>The offset in the given part of the digits of a number.</summary>
    private readonly int GetOffset(MountInfoField field)
    {
        ReadOnlySpan<byte> digits = GetDigits(field, out _);
        return (int)Unsafe.ByteOffset(in MemoryMarshal.GetReference(_text), in MemoryMarshal.GetReference(digits));
    }
}
