using System.Text;
using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.Configuration;

/// <summary>Reads the engine's command line as the engine does.</summary>
/// <remarks>Source: dockerd(8); the forms of flags measured on 20.10.</remarks>
internal sealed class DaemonArguments
{
    /// <summary>Flags in order; of one that may be given once the last counts.</summary>
    public List<EngineSetting> Settings { get; } = [];

    public List<EngineProblem> Problems { get; } = [];

    /// <summary>Reads the words behind the program's name.</summary>
    public static DaemonArguments Read(IReadOnlyList<CommandWord> words)
    {
        DaemonArguments arguments = new();
        Queue<CommandWord> rest = new(words);
        while (rest.TryDequeue(out CommandWord word))
        {
            ReadOnlySpan<byte> text = word.Text;
            if (text.SequenceEqual("--"u8))
            {
                if (rest.TryDequeue(out CommandWord operand))
                    arguments.RefuseOperand(operand);
                break;
            }

            if (text.StartsWith("--"u8))
                arguments.ReadLong(word, text[2..], rest);
            else if (text is [(byte)'-', _, ..])
                arguments.ReadShort(word, text[1..], rest);
            else
                arguments.RefuseOperand(word);
        }

        return arguments;
    }

    private static bool IsSwitchValue(ReadOnlySpan<byte> value) => Encoding.Latin1.GetString(value)
        is "1" or "t" or "T" or "TRUE" or "true" or "True" or "0" or "f" or "F" or "FALSE" or "false" or "False";

    private static bool IsNumber(ReadOnlySpan<byte> value)
    {
        ReadOnlySpan<byte> digits = value is [(byte)'-' or (byte)'+', ..] ? value[1..] : value;
        return !digits.IsEmpty && digits.IndexOfAnyExceptInRange((byte)'0', (byte)'9') < 0;
    }

    private void ReadLong(CommandWord word, ReadOnlySpan<byte> text, Queue<CommandWord> rest)
    {
        int equals = text.IndexOf((byte)'=');
        string name = Encoding.UTF8.GetString(equals < 0 ? text : text[..equals]);
        if (EngineDirectives.OfFlag(name) is not { } directive)
            Refuse(word, $"The engine knows no flag --{name}.");
        else if (equals >= 0)
            Take(directive, text[(equals + 1)..], word.Source);
        else if (directive.Type == DirectiveType.Switch)
            Take(directive, "true"u8, word.Source);
        else
            TakeNext(directive, word, rest);
    }

    private void ReadShort(CommandWord word, ReadOnlySpan<byte> text, Queue<CommandWord> rest)
    {
        while (!text.IsEmpty)
        {
            if (EngineDirectives.OfShort((char)text[0]) is not { } directive)
            {
                Refuse(word, $"The engine knows no flag -{new ByteString(text[..1])}.");
                return;
            }

            text = text[1..];
            if (text is [(byte)'=', ..])
            {
                Take(directive, text[1..], word.Source);
                return;
            }

            if (directive.Type == DirectiveType.Switch)
            {
                Take(directive, "true"u8, word.Source);
                continue;
            }

            if (text.IsEmpty)
                TakeNext(directive, word, rest);
            else
                Take(directive, text, word.Source);
            return;
        }
    }

    private void TakeNext(EngineDirective directive, CommandWord word, Queue<CommandWord> rest)
    {
        if (rest.TryDequeue(out CommandWord value))
            Take(directive, value.Text, value.Source);
        else
            Refuse(word, $"The flag --{directive.Flag} has no value.");
    }

    private void Take(EngineDirective directive, ReadOnlySpan<byte> value, ConfigurationSource source)
    {
        bool fits = directive.Type switch
        {
            DirectiveType.Switch => IsSwitchValue(value),
            DirectiveType.Number => IsNumber(value),
            _ => true,
        };
        if (!fits)
            Problems.Add(new EngineProblem(EngineProblemKind.InvalidFlag, $"\"{new ByteString(value)}\" is no value for --{directive.Flag}.", EngineVersions.All, source));
        else if (directive.FlagVersions != EngineVersions.All)
            NoteVersions(directive, source);

        // A flag that has no key of its own in the file is compared by its own name.
        string name = directive.Key;
        Settings.Add(new EngineSetting(name, new ByteString(value), source));
    }

    private void NoteVersions(EngineDirective directive, ConfigurationSource source)
    {
        EngineVersions known = directive.FlagVersions;
        EngineVersions unknown = known.First > 0 ? EngineVersions.Before(known.First) : EngineVersions.Since(known.End);
        string who = known.First > 0 ? $"before {known.First}" : $"from {known.End} on";
        Problems.Add(new EngineProblem(EngineProblemKind.InvalidFlag, $"Engines {who} know no flag --{directive.Flag}.", unknown, source));
    }

    private void RefuseOperand(CommandWord word) => Refuse(word, $"The engine takes no argument \"{new ByteString(word.Text)}\".");

    private void Refuse(CommandWord word, string message) =>
        Problems.Add(new EngineProblem(EngineProblemKind.InvalidFlag, message, EngineVersions.All, word.Source));
}
