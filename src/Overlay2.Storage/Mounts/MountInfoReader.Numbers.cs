namespace Overlay2.Storage.Mounts;

public ref partial struct MountInfoReader
{
    /// <summary>The id of the mount.</summary>
    /// <exception cref="MountInfoFormatException">Not a decimal number of at most <see cref="int.MaxValue"/>.</exception>
    /// <exception cref="InvalidOperationException">There is no current line.</exception>
    public readonly int MountId =>
        GetNumber(0, _line.Ends[0], MountInfoField.MountId);

    /// <summary>The id of the parent mount, which need not be in the text.</summary>
    /// <exception cref="MountInfoFormatException">Not a decimal number of at most <see cref="int.MaxValue"/>.</exception>
    /// <exception cref="InvalidOperationException">There is no current line.</exception>
    public readonly int ParentId =>
        GetNumber(_line.Ends[0], _line.Ends[1], MountInfoField.ParentId);

    /// <summary>The major device number of the file system.</summary>
    /// <exception cref="MountInfoFormatException">Not a decimal number of at most <see cref="int.MaxValue"/>, or no colon.</exception>
    /// <exception cref="InvalidOperationException">There is no current line.</exception>
    public readonly int Major =>
        TryDecodeMajor(out uint major) ? (int)major : GetLongMajor();

    /// <summary>The minor device number of the file system.</summary>
    /// <exception cref="MountInfoFormatException">Not a decimal number of at most <see cref="int.MaxValue"/>, or no colon.</exception>
    /// <exception cref="InvalidOperationException">There is no current line.</exception>
    public readonly int Minor =>
        TryDecodeMajor(out _) ? GetNumber(_line.Ends[1] + 2, _line.Ends[2], MountInfoField.Minor) : GetLongMinor();

    /// <summary>Gets the id of the mount without throwing.</summary>
    /// <param name="mountId">The id; 0 when the answer is <see langword="false"/>.</param>
    /// <returns><see langword="false"/> if there is no line or its field is no number.</returns>
    public readonly bool TryGetMountId(out int mountId) => TryGetNumber(MountInfoField.MountId, out mountId) == MountInfoErrorReason.None;

    /// <summary>Gets the id of the parent mount without throwing.</summary>
    /// <param name="parentId">The id; 0 when the answer is <see langword="false"/>.</param>
    /// <returns><see langword="false"/> if there is no line or its field is no number.</returns>
    public readonly bool TryGetParentId(out int parentId) => TryGetNumber(MountInfoField.ParentId, out parentId) == MountInfoErrorReason.None;

    /// <summary>Gets the major device number without throwing.</summary>
    /// <param name="major">The number; 0 when the answer is <see langword="false"/>.</param>
    /// <returns><see langword="false"/> if there is no line or its field is no number.</returns>
    public readonly bool TryGetMajor(out int major) => TryGetNumber(MountInfoField.Major, out major) == MountInfoErrorReason.None;

    /// <summary>Gets the minor device number without throwing.</summary>
    /// <param name="minor">The number; 0 when the answer is <see langword="false"/>.</param>
    /// <returns><see langword="false"/> if there is no line or its field is no number.</returns>
    public readonly bool TryGetMinor(out int minor) => TryGetNumber(MountInfoField.Minor, out minor) == MountInfoErrorReason.None;

    /// <summary>Gets a number that is bad or longer than eight digits.</summary>
    private readonly int GetAnyNumber(MountInfoField field)
    {
        MountInfoErrorReason reason = TryGetNumber(field, out int value);
        if (reason != MountInfoErrorReason.None)
            ThrowBadNumber(field, reason);
        return value;
    }

    private readonly MountInfoErrorReason TryGetNumber(MountInfoField field, out int value)
    {
        ReadOnlySpan<byte> digits = GetDigits(field, out bool missingColon);
        value = 0;
        if (missingColon)
            return MountInfoErrorReason.MissingColon;
        if (digits.IsEmpty)
            return MountInfoErrorReason.NotANumber;

        long number = 0;
        foreach (byte character in digits)
        {
            int digit = character - '0';
            if ((uint)digit > 9)
                return MountInfoErrorReason.NotANumber;
            number = Math.Min(number * 10 + digit, int.MaxValue + 1L);
        }

        if (number > int.MaxValue)
            return MountInfoErrorReason.NumberTooLarge;
        value = (int)number;
        return MountInfoErrorReason.None;
    }

    private readonly ReadOnlySpan<byte> GetDigits(MountInfoField field, out bool missingColon)
    {
        missingColon = false;
        if (field == MountInfoField.MountId)
            return Slice(0, _line.Ends[0]);
        if (field == MountInfoField.ParentId)
            return Slice(_line.Ends[0], _line.Ends[1]);

        ReadOnlySpan<byte> device = Slice(_line.Ends[1], _line.Ends[2]);
        int colon = device.IndexOf((byte)':');
        missingColon = colon < 0;
        return field == MountInfoField.Major ? device[..Math.Max(colon, 0)] : device[(colon + 1)..];
    }

    private readonly void ThrowBadNumber(MountInfoField field, MountInfoErrorReason reason)
    {
        if (_line.Length == 0)
            throw new InvalidOperationException("There is no current line: the last read did not answer with an entry.");

        Throw(CreateError(GetOffset(field), field, reason));
    }
}
