using System.Buffers;
using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.Configuration;

/// <summary>Makes the command line of a unit's <c>ExecStart=</c>.</summary>
/// <remarks>
/// Source: systemd.service(5), "Command lines". <c>$NAME</c> as a word of its own becomes the value's words, none if it is empty;
/// <c>${NAME}</c> becomes the value, wherever it stands; <c>$$</c> becomes <c>$</c>. The program is not expanded.
/// </remarks>
internal static class UnitCommand
{
    private static readonly SearchValues<byte> Prefixes = SearchValues.Create("-@:+!|"u8);

    /// <summary>The command line, the program first, with its prefixes (<c>-@:+!</c>) taken off.</summary>
    public static IEnumerable<CommandWord> Expand(CommandWord[] words, Dictionary<ByteString, (ByteString Value, ConfigurationSource Source)> environment)
    {
        byte[] program = words[0].Text;
        int prefix = program.AsSpan().IndexOfAnyExcept(Prefixes);
        byte[] prefixes = program[..Math.Max(prefix, 0)];
        yield return words[0] with { Text = program[Math.Max(prefix, 0)..] };

        bool isLiteral = prefixes.Contains((byte)':');
        foreach (CommandWord word in words.Skip(prefixes.Contains((byte)'@') ? 2 : 1))
        {
            if (isLiteral)
            {
                yield return word;
                continue;
            }

            if (word.Text is [(byte)'$', not ((byte)'{' or (byte)'$'), ..])
            {
                (ByteString value, ConfigurationSource source) = environment.GetValueOrDefault(new ByteString(word.Text.AsSpan(1)));
                UnitWords.TrySplit(value.Span, out List<byte[]> parts);
                foreach (byte[] part in parts)
                    yield return new CommandWord(part, source);
                continue;
            }

            yield return ReplaceInside(word, environment);
        }
    }

    private static CommandWord ReplaceInside(CommandWord word, Dictionary<ByteString, (ByteString Value, ConfigurationSource Source)> environment)
    {
        ReadOnlySpan<byte> text = word.Text;
        if (!text.Contains((byte)'$'))
            return word;

        List<byte> replaced = new(text.Length);
        ConfigurationSource from = word.Source;
        for (int i = 0; i < text.Length; i++)
        {
            ReadOnlySpan<byte> rest = text[i..];
            int end = rest.IndexOf((byte)'}');
            if (rest.StartsWith("$$"u8))
            {
                replaced.Add((byte)'$');
                i++;
            }
            else if (rest.StartsWith("${"u8) && end > 0)
            {
                if (environment.TryGetValue(new ByteString(rest[2..end]), out (ByteString Value, ConfigurationSource Source) variable))
                {
                    replaced.AddRange(variable.Value.Span);
                    from = variable.Source;
                }

                i += end;
            }
            else
            {
                replaced.Add(text[i]);
            }
        }

        return new CommandWord([.. replaced], from);
    }
}
