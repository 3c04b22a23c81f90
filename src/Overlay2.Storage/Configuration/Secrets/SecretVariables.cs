using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.Configuration.Secrets;

/// <summary>Takes secrets out of a file of variables: of their values only words of the engine's command line stay, and comments.</summary>
internal sealed class SecretVariables(byte[] text, HashSet<ByteString> kept)
{
    private readonly List<byte> _filtered = new(text.Length);

    /// <summary>The text of a file without secrets.</summary>
    /// <param name="text">The file.</param>
    /// <param name="kept">The variables that hold words of the engine's command line.</param>
    public static byte[] Filter(ReadOnlySpan<byte> text, HashSet<ByteString> kept)
    {
        var variables = new SecretVariables(text.ToArray(), kept);
        int copied = 0;
        foreach (EnvironmentAssignment assignment in EnvironmentFile.Parse(text))
        {
            variables.AddLines(text[copied..assignment.ValueStart], isBeforeValue: true);
            variables.AddValue(assignment);
            copied = assignment.ValueEnd;
        }

        variables.AddLines(text[copied..], isBeforeValue: false);
        return [.. variables._filtered];
    }

    /// <summary>What is between values: comments, and lines that are none of the file.</summary>
    private void AddLines(ReadOnlySpan<byte> between, bool isBeforeValue)
    {
        while (!between.IsEmpty)
        {
            int end = between.IndexOfAny((byte)'\n', (byte)'\r');
            ReadOnlySpan<byte> line = end < 0 ? between : between[..end];
            if (line.StartsWith(DaemonJson.ByteOrderMark))
            {
                _filtered.AddRange(DaemonJson.ByteOrderMark);
                line = line[DaemonJson.ByteOrderMark.Length..];
            }

            ReadOnlySpan<byte> plain = line.Trim(" \t"u8);
            if (plain.IsEmpty)
                _filtered.AddRange(line);
            else if (end < 0 && isBeforeValue)
                AddName(line);
            else if (plain[0] is (byte)'#' or (byte)';')
                AddComment(line);
            else
                _filtered.AddRange(SecretMarker.Text);
            if (end < 0)
                return;
            _filtered.Add(between[end]);
            between = between[(end + 1)..];
        }
    }

    /// <summary>What stands before a value, with its sign; more than a name is a value itself that holds the sign.</summary>
    private void AddName(ReadOnlySpan<byte> line)
    {
        int equals = line.IndexOf((byte)'=');
        _filtered.AddRange(SecretNames.Show(line[..equals]).Span);
        _filtered.AddRange(line[equals..]);
    }

    /// <summary>A variable that is commented out is one all the same.</summary>
    private void AddComment(ReadOnlySpan<byte> line)
    {
        int start = line.IndexOfAnyExcept("#; \t"u8);
        int equals = start < 0 ? -1 : line[start..].IndexOf((byte)'=');
        ReadOnlySpan<byte> name = equals < 0 ? default : line.Slice(start, equals).TrimEnd(" \t"u8);
        if (name.StartsWith("export "u8))
            name = name["export "u8.Length..].TrimStart((byte)' ');
        if (name.IsEmpty || name.ContainsAnyExcept(SecretCharacters.Variable))
        {
            _filtered.AddRange(SecretText.FilterComment(line).Span);
            return;
        }

        int behind = start + equals + 1;
        ReadOnlySpan<byte> value = line[behind..];
        _filtered.AddRange(line[..behind]);
        ReadOnlySpan<byte> plain = value.Trim(" \t\"'"u8);
        if (plain.IsEmpty || SecretShapes.IsSwitch(plain))
        {
            _filtered.AddRange(value);
        }
        else if (SecretSettings.IsProxy(name))
        {
            _filtered.AddRange(SecretText.Filter(value).Span);
        }
        else if (kept.Contains(new ByteString(name)) && SecretCommand.FilterLine(plain, hasProgram: false).AsSpan().SequenceEqual(plain))
        {
            _filtered.AddRange(value);
        }
        else
        {
            _filtered.AddRange(SecretMarker.Text);
        }
    }

    private void AddValue(EnvironmentAssignment assignment)
    {
        ReadOnlySpan<byte> raw = text.AsSpan(assignment.ValueStart, assignment.ValueEnd - assignment.ValueStart);
        int newLines = raw.Count((byte)'\n');
        if (!kept.Contains(assignment.Name) && !raw.IsEmpty)
        {
            // A value of several lines stays one, so that the lines behind it keep their numbers.
            if (newLines > 0)
                _filtered.Add((byte)'"');
            SecretMarker.Add(_filtered, raw);
            if (newLines > 0)
                _filtered.Add((byte)'"');
            return;
        }

        ReadOnlySpan<byte> value = assignment.Value.Span;
        ByteString shown = assignment.Name.Span.EndsWith("_DRIVER"u8) ? SecretText.Filter(value) : SecretMarker.Settle(value, static part => SecretCommand.FilterLine(part, hasProgram: false));
        if (shown.Span.SequenceEqual(value))
        {
            _filtered.AddRange(raw);
            return;
        }

        _filtered.Add((byte)'"');
        foreach (byte character in shown.Span)
            _filtered.AddRange(character is (byte)'"' or (byte)'\\' or (byte)'$' or (byte)'`' ? [(byte)'\\', character] : [character]);
        for (int i = shown.Span.Count((byte)'\n'); i < newLines; i++)
            _filtered.AddRange("\\\n"u8);
        _filtered.Add((byte)'"');
    }
}
