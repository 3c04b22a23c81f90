using System.Runtime.InteropServices;

namespace Overlay2.Storage.Mounts;

/// <summary>Where the fields of one line are.</summary>
[StructLayout(LayoutKind.Auto)]
internal struct MountInfoLine
{
    /// <summary>Index of the space before the separator when there are no optional fields.</summary>
    private const int FirstSeparator = 5;

    /// <summary>Offset of the line in the text.</summary>
    public int Start;

    /// <summary>Length of the line without its newline; 0 if there is no line: a line with all its fields is longer.</summary>
    public int Length;

    /// <summary>Index in <see cref="Spaces"/> of the space before the separator.</summary>
    public int Separator;

    /// <summary>The spaces that end the fields.</summary>
    public MountInfoSpaces Spaces;

    /// <summary>Finds the fields of the line that starts at <paramref name="start"/>, byte by byte.</summary>
    /// <param name="text">The whole text.</param>
    /// <param name="start">Where the line starts.</param>
    /// <param name="end">Where the line ends: at its newline or at the end of the text.</param>
    /// <param name="missing">The field that is missing, if one is.</param>
    public MountInfoErrorReason Parse(ReadOnlySpan<byte> text, int start, out int end, out MountInfoField missing)
    {
        ReadOnlySpan<byte> line = text[start..];
        int length = line.IndexOf((byte)'\n');
        if (length >= 0)
            line = line[..length];
        end = start + line.Length;
        Start = start;
        Length = line.Length;

        Span<int> spaces = Spaces;
        int from = 0;
        for (int field = 0; field <= FirstSeparator; field++)
        {
            if (!FindSpace(line, ref from, out spaces[field]))
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
                return field == FirstSeparator ? MountInfoErrorReason.MissingSeparator : MountInfoErrorReason.MissingField;
            }
        }

        // The separator: a field "-". Only its own spaces are kept, not those between the optional fields.
        int before = spaces[FirstSeparator];
        Separator = FirstSeparator;
        while (true)
        {
            int fieldStart = from;
            bool more = FindSpace(line, ref from, out int after);
            int fieldEnd = more ? after : line.Length;
            if (fieldEnd - fieldStart == 1 && line[fieldStart] == (byte)'-')
            {
                missing = MountInfoField.FileSystemType;
                if (!more)
                    return MountInfoErrorReason.MissingField;
                spaces[Separator] = before;
                spaces[Separator + 1] = after;
                break;
            }

            missing = MountInfoField.Separator;
            if (!more)
                return MountInfoErrorReason.MissingSeparator;
            Separator = FirstSeparator + 1;
            before = after;
        }

        missing = MountInfoField.Source;
        if (!FindSpace(line, ref from, out spaces[Separator + 2]))
            return MountInfoErrorReason.MissingField;
        missing = MountInfoField.SuperOptions;
        return FindSpace(line, ref from, out spaces[Separator + 3]) ? MountInfoErrorReason.None : MountInfoErrorReason.MissingField;
    }

    private static bool FindSpace(ReadOnlySpan<byte> line, ref int from, out int space)
    {
        int length = line[from..].IndexOf((byte)' ');
        space = from + length;
        from = space + 1;
        return length >= 0;
    }
}
