using System.Globalization;
using Overlay2.Storage.Mounts;

namespace Overlay2.Storage.TestShared;

/// <summary>A mountinfo parser as plain as can be, to compare the fast one with.</summary>
internal static class MountInfoReference
{
    public static List<MountInfoReferenceLine> Parse(byte[] text)
    {
        var lines = new List<MountInfoReferenceLine>();
        int start = 0;
        while (start < text.Length)
        {
            int end = start;
            while (end < text.Length && text[end] != '\n')
                end++;
            lines.Add(ParseLine(lines.Count + 1, start, text[start..end]));
            start = end + 1;
        }

        return lines;
    }

    private static MountInfoReferenceLine ParseLine(int number, int offset, byte[] line)
    {
        var fields = new List<byte[]>();
        var current = new List<byte>();
        foreach (byte value in line)
        {
            if (value == ' ')
            {
                fields.Add(current.ToArray());
                current.Clear();
            }
            else
            {
                current.Add(value);
            }
        }

        fields.Add(current.ToArray());

        MountInfoReferenceLine Bad(MountInfoField field, MountInfoErrorReason reason) =>
            new() { Error = new MountInfoError(number, offset + line.Length, field, reason), Number = number };

        MountInfoField[] first = [MountInfoField.MountId, MountInfoField.ParentId, MountInfoField.Major, MountInfoField.Root, MountInfoField.MountPoint, MountInfoField.Options];
        if (fields.Count < first.Length)
            return Bad(first[fields.Count], MountInfoErrorReason.MissingField);

        int separator = first.Length;
        while (separator < fields.Count && !fields[separator].AsSpan().SequenceEqual("-"u8))
            separator++;
        if (separator == fields.Count)
            return Bad(MountInfoField.Separator, MountInfoErrorReason.MissingSeparator);

        MountInfoField[] last = [MountInfoField.FileSystemType, MountInfoField.Source, MountInfoField.SuperOptions];
        int behind = fields.Count - separator - 1;
        if (behind < last.Length)
            return Bad(last[behind], MountInfoErrorReason.MissingField);

        byte[] device = fields[2];
        int colon = Array.IndexOf(device, (byte)':');
        int deviceStart = offset + fields[0].Length + fields[1].Length + 2;
        int minorStart = deviceStart + colon + 1;
        return new MountInfoReferenceLine
        {
            Number = number,
            Line = line,
            MountId = Decode(number, offset, MountInfoField.MountId, fields[0]),
            ParentId = Decode(number, offset + fields[0].Length + 1, MountInfoField.ParentId, fields[1]),
            Major = Decode(number, deviceStart, MountInfoField.Major, colon < 0 ? null : device[..colon]),
            Minor = Decode(number, minorStart, MountInfoField.Minor, colon < 0 ? null : device[(colon + 1)..]),
            Root = fields[3],
            MountPoint = fields[4],
            Options = fields[5],
            OptionalFields = Join(fields.Skip(first.Length).Take(separator - first.Length)),
            FileSystemType = fields[separator + 1],
            Source = fields[separator + 2],
            SuperOptions = Join(fields.Skip(separator + 3)),
        };
    }

    private static byte[] Join(IEnumerable<byte[]> fields) =>
        fields.Aggregate((byte[]?)null, (joined, field) => joined is null ? field : [.. joined, (byte)' ', .. field]) ?? [];

    private static (int Value, MountInfoError Error) Decode(int line, int offset, MountInfoField field, byte[]? digits)
    {
        (int, MountInfoError) Bad(MountInfoErrorReason reason) => (0, new MountInfoError(line, offset, field, reason));

        if (digits is null)
            return Bad(MountInfoErrorReason.MissingColon);
        if (digits.Length == 0 || digits.Any(digit => digit is < (byte)'0' or > (byte)'9'))
            return Bad(MountInfoErrorReason.NotANumber);
        string text = new string(digits.Select(digit => (char)digit).ToArray()).TrimStart('0');
        if (text.Length > 10 || (text.Length > 0 && long.Parse(text, CultureInfo.InvariantCulture) > int.MaxValue))
            return Bad(MountInfoErrorReason.NumberTooLarge);
        return (text.Length == 0 ? 0 : int.Parse(text, CultureInfo.InvariantCulture), default);
    }
}
