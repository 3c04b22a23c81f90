using System.Runtime.InteropServices;

namespace Overlay2.Storage.Mounts;

/// <summary>Where the fields of one line are.</summary>
/// <remarks>Everything is 0 if there is no line: every field is empty then.</remarks>
[StructLayout(LayoutKind.Auto)]
internal partial struct MountInfoLine
{
    /// <summary>The index in <see cref="Ends"/> of the mount options, which optional fields or the separator follow.</summary>
    public const int MountOptions = 5;

    /// <summary>Length of the line without its newline.</summary>
    public int Length;

    /// <summary>Index in <see cref="Ends"/> of the last field before the separator.</summary>
    public nint BeforeSeparator;

    /// <summary>Length of the space behind a field: 1, or 0 if there is no line.</summary>
    public int Space;

    /// <summary>The offsets behind the fields and their spaces; the super options end with the line and have none.</summary>
    public MountInfoFields Ends;

    /// <summary>Finds the fields of a line byte by byte, whatever it is.</summary>
    /// <param name="line">The line without its newline.</param>
    /// <param name="missing">The field that is missing, if one is.</param>
    public MountInfoErrorReason Parse(ReadOnlySpan<byte> line, out MountInfoField missing)
    {
        Length = line.Length;
        Space = 1;
        Span<int> ends = Ends;
        int end = 0;
        for (int field = 0; field <= MountOptions; field++)
        {
            if (!TakeField(line, ref end))
            {
                missing = field switch
                {
                    0 => MountInfoField.ParentId,
                    1 => MountInfoField.Major,
                    2 => MountInfoField.Root,
                    3 => MountInfoField.MountPoint,
                    4 => MountInfoField.Options,
                    _ => MountInfoField.Separator,
                };
                return field == MountOptions ? MountInfoErrorReason.MissingSeparator : MountInfoErrorReason.MissingField;
            }

            ends[field] = end;
        }

        // Of several optional fields only the end of the last one is kept.
        BeforeSeparator = MountOptions;
        while (line[end..] is not ([(byte)'-'] or [(byte)'-', (byte)' ', ..]))
        {
            if (!TakeField(line, ref end))
            {
                missing = MountInfoField.Separator;
                return MountInfoErrorReason.MissingSeparator;
            }

            BeforeSeparator = MountOptions + 1;
            ends[(int)BeforeSeparator] = end;
        }

        for (int field = 1; field <= 3; field++)
        {
            if (!TakeField(line, ref end))
            {
                missing = field switch
                {
                    1 => MountInfoField.FileSystemType,
                    2 => MountInfoField.Source,
                    _ => MountInfoField.SuperOptions,
                };
                return MountInfoErrorReason.MissingField;
            }

            ends[(int)BeforeSeparator + field] = end;
        }

        missing = default;
        return MountInfoErrorReason.None;
    }

    private static bool TakeField(ReadOnlySpan<byte> line, ref int end)
    {
        int length = line[end..].IndexOf((byte)' ');
        end += length + 1;
        return length >= 0;
    }
}
