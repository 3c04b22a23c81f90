using System.Runtime.InteropServices;
using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.Configuration;

/// <summary>Reads a unit file of the service manager.</summary>
/// <remarks>
/// Source: systemd.syntax(7). A line that ends with a backslash goes on in the next line, the backslash becoming a blank; comments between
/// such lines are passed over.
/// </remarks>
internal static class UnitFile
{
    private static ReadOnlySpan<byte> Space => " \t\r\n"u8;

    /// <summary>The assignments, in order.</summary>
    public static List<UnitAssignment> Parse(BytePath path, ReadOnlySpan<byte> text)
    {
        List<UnitAssignment> assignments = [];
        ByteString section = default;
        List<byte> joined = [];
        int line = 0;
        int firstLine = 0;
        if (text.StartsWith(DaemonJson.ByteOrderMark))
            text = text[DaemonJson.ByteOrderMark.Length..];
        while (!text.IsEmpty)
        {
            int length = text.IndexOfAny("\n\r\0"u8);
            ReadOnlySpan<byte> current = (length < 0 ? text : text[..length]).TrimStart(Space);
            int end = length < 0 ? text.Length : length + (text[length..].StartsWith("\r\n"u8) ? 2 : 1);
            text = text[end..];
            line++;
            if (current is [(byte)'#' or (byte)';', ..])
                continue;

            if (joined.Count == 0)
                firstLine = line;
            joined.AddRange(current);
            if (EndsWithEscape(CollectionsMarshal.AsSpan(joined)) && !text.IsEmpty)
            {
                joined[^1] = (byte)' ';
                continue;
            }

            Take(CollectionsMarshal.AsSpan(joined), ref section, assignments, new ConfigurationSource(ConfigurationSourceKind.Unit, path, firstLine));
            joined.Clear();
        }

        if (joined.Count > 0)
            Take(CollectionsMarshal.AsSpan(joined), ref section, assignments, new ConfigurationSource(ConfigurationSourceKind.Unit, path, firstLine));
        return assignments;
    }

    private static bool EndsWithEscape(ReadOnlySpan<byte> line)
    {
        int other = line.LastIndexOfAnyExcept((byte)'\\');
        return (line.Length - 1 - other) % 2 == 1;
    }

    private static void Take(ReadOnlySpan<byte> line, ref ByteString section, List<UnitAssignment> assignments, ConfigurationSource source)
    {
        line = line.Trim(Space);
        if (line is [(byte)'[', .., (byte)']'])
        {
            section = new ByteString(line[1..^1]);
            return;
        }

        int equals = line.IndexOf((byte)'=');
        if (equals <= 0)
            return;
        assignments.Add(new UnitAssignment(section, new ByteString(line[..equals].Trim(Space)), new ByteString(line[(equals + 1)..].Trim(Space)), source));
    }
}
