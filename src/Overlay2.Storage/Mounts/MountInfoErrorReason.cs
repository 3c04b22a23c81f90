namespace Overlay2.Storage.Mounts;

/// <summary>Why a line or a field of a mountinfo text is bad.</summary>
public enum MountInfoErrorReason
{
    /// <summary>Nothing is bad.</summary>
    None,

    /// <summary>The line ends before the field starts.</summary>
    MissingField,

    /// <summary>No field from the seventh on is a lone hyphen.</summary>
    MissingSeparator,

    /// <summary>The device number has no colon.</summary>
    MissingColon,

    /// <summary>The number is empty or has a byte that is no decimal digit.</summary>
    NotANumber,

    /// <summary>The number is larger than <see cref="int.MaxValue"/>.</summary>
    NumberTooLarge,

    /// <summary>The line is longer than the reader was told to keep.</summary>
    LineTooLong,
}
