using System.Runtime.InteropServices;

namespace Overlay2.Storage.Mounts;

/// <summary>Where and why a mountinfo text is bad.</summary>
/// <param name="LineNumber">The number of the line; the first line is 1. 0 if nothing is bad.</param>
/// <param name="ByteOffset">The offset in the text, in bytes: of the field, or of the end of the line where a field is missing.</param>
/// <param name="Field">The bad or missing field.</param>
/// <param name="Reason">What is wrong with it.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct MountInfoError(long LineNumber, long ByteOffset, MountInfoField Field, MountInfoErrorReason Reason)
{
    /// <summary>The error as one English sentence.</summary>
    public override string ToString() => Reason == MountInfoErrorReason.None
        ? "No error."
        : string.Create(System.Globalization.CultureInfo.InvariantCulture,
            $"mountinfo line {LineNumber}, byte {ByteOffset}: {FieldName(Field)} {ReasonText(Reason)}.");

    private static string FieldName(MountInfoField field) => field switch
    {
        MountInfoField.MountId => "mount id",
        MountInfoField.ParentId => "parent id",
        MountInfoField.Major => "major device number",
        MountInfoField.Minor => "minor device number",
        MountInfoField.Root => "root",
        MountInfoField.MountPoint => "mount point",
        MountInfoField.Options => "mount options",
        MountInfoField.OptionalFields => "optional fields",
        MountInfoField.Separator => "separator",
        MountInfoField.FileSystemType => "file system type",
        MountInfoField.Source => "source",
        MountInfoField.SuperOptions => "super options",
        _ => "field",
    };

    private static string ReasonText(MountInfoErrorReason reason) => reason switch
    {
        MountInfoErrorReason.MissingField => "is missing",
        MountInfoErrorReason.MissingSeparator => "\"-\" is missing",
        MountInfoErrorReason.MissingColon => "has no colon before or after it",
        MountInfoErrorReason.NotANumber => "is not a decimal number",
        MountInfoErrorReason.NumberTooLarge => "is too large",
        MountInfoErrorReason.LineTooLong => "makes the line too long",
        _ => "is bad",
    };
}
