using System.Text;
using System.Text.Json;

namespace Overlay2.Storage.Configuration;

/// <summary>Where the members of the outermost object of a JSON text are.</summary>
internal sealed class JsonOutline(int from)
{
    /// <summary>As deep as the engine's own reader goes.</summary>
    public const int MostDepth = 10000;

    /// <summary>The offset of the outermost value.</summary>
    public int Start { get; } = from;

    /// <summary>The offset behind the outermost value.</summary>
    public int End { get; private set; }

    /// <summary>The type of the outermost value.</summary>
    public JsonTokenType Kind { get; private set; }

    /// <summary>The members of the outermost object, in order, also those that stand twice.</summary>
    public List<JsonMember> Members { get; } = [];

    /// <summary>A name that stands twice in one object, at any depth; the last one counts for the engine.</summary>
    public string? DuplicateName { get; private set; }

    /// <summary>Whether only white space follows the outermost value.</summary>
    public bool IsWhole { get; private set; }

    /// <summary>Reads a text from an offset on.</summary>
    /// <exception cref="ConfigurationFormatException">It does not start with a JSON value.</exception>
    public static JsonOutline Parse(ReadOnlySpan<byte> text, int start)
    {
        Utf8JsonReader reader = new(text[start..], new JsonReaderOptions { MaxDepth = MostDepth, AllowMultipleValues = true });
        JsonOutline outline = new(start);
        try
        {
            outline.Read(text, ref reader);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            int offset = start + (int)reader.BytesConsumed;
            throw new ConfigurationFormatException(LineOf(text, offset), offset, FirstSentence(e.Message), e);
        }

        return outline;
    }

    /// <summary>The elements of a list, with where each of them starts and ends in the text.</summary>
    public static List<(JsonTokenType Kind, int Start, int End)> Elements(ReadOnlySpan<byte> text, JsonMember list)
    {
        List<(JsonTokenType Kind, int Start, int End)> elements = [];
        Utf8JsonReader reader = new(text[list.ValueStart..list.ValueEnd], new JsonReaderOptions { MaxDepth = MostDepth });
        reader.Read();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            JsonTokenType kind = reader.TokenType;
            int start = list.ValueStart + (int)reader.TokenStartIndex;
            reader.Skip();
            elements.Add((kind, start, list.ValueStart + (int)reader.BytesConsumed));
        }

        return elements;
    }

    /// <summary>The text of a JSON string; bytes that are not UTF-8 and lone surrogates become U+FFFD, as the engine reads them.</summary>
    public static string Text(ReadOnlySpan<byte> quoted)
    {
        ReadOnlySpan<byte> raw = quoted[1..^1];
        if (!raw.Contains((byte)'\\'))
            return Encoding.UTF8.GetString(raw);

        StringBuilder text = new(raw.Length);
        while (!raw.IsEmpty)
        {
            int escape = raw.IndexOf((byte)'\\');
            if (escape < 0)
                escape = raw.Length;
            text.Append(Encoding.UTF8.GetString(raw[..escape]));
            raw = raw[escape..];
            if (raw.IsEmpty)
                break;
            text.Append(raw[1] switch
            {
                (byte)'b' => '\b', (byte)'f' => '\f', (byte)'n' => '\n', (byte)'r' => '\r', (byte)'t' => '\t',
                (byte)'u' => (char)Convert.ToUInt16(Encoding.ASCII.GetString(raw[2..6]), 16),
                byte other => (char)other,
            });
            raw = raw[(raw[1] == (byte)'u' ? 6 : 2)..];
        }

        for (int i = 0; i < text.Length; i++)
        {
            bool isPair = char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]);
            if (isPair)
                i++;
            else if (char.IsSurrogate(text[i]))
                text[i] = '\uFFFD';
        }

        return text.ToString();
    }

    /// <summary>The line of an offset, from 1.</summary>
    public static int LineOf(ReadOnlySpan<byte> text, int offset) => 1 + text[..Math.Min(offset, text.Length)].Count((byte)'\n');

    private void Read(ReadOnlySpan<byte> text, ref Utf8JsonReader reader)
    {
        if (!reader.Read())
            throw new JsonException("There is no value.");
        Kind = reader.TokenType;
        Stack<HashSet<string>> names = new();
        if (Kind is JsonTokenType.StartObject or JsonTokenType.StartArray)
            ReadInside(text, ref reader, names);
        End = Start + (int)reader.BytesConsumed;
        IsWhole = text[End..].IndexOfAnyExcept(" \t\r\n"u8) < 0;
    }

    private void ReadInside(ReadOnlySpan<byte> text, ref Utf8JsonReader reader, Stack<HashSet<string>> names)
    {
        if (Kind == JsonTokenType.StartObject)
            names.Push(new HashSet<string>(StringComparer.Ordinal));
        (string Name, int Start, int End, int Line) member = ("", 0, 0, 1);
        int valueStart = 0;
        JsonTokenType valueKind = default;
        (int Offset, int Line) counted = (0, 1);
        while (true)
        {
            if (!reader.Read())
                throw new JsonException("The value ends too early.");
            int start = Start + (int)reader.TokenStartIndex;
            int end = Start + (int)reader.BytesConsumed;
            switch (reader.TokenType)
            {
                case JsonTokenType.PropertyName:
                    end = start + reader.ValueSpan.Length + 2;
                    string name = Text(text[start..end]);
                    if (!names.Peek().Add(name))
                        DuplicateName ??= name;
                    if (reader.CurrentDepth == 1)
                    {
                        counted = (start, counted.Line + text[counted.Offset..start].Count((byte)'\n'));
                        member = (name, start, end, counted.Line);
                    }

                    continue;
                case JsonTokenType.StartObject:
                    names.Push(new HashSet<string>(StringComparer.Ordinal));
                    break;
                case JsonTokenType.EndObject:
                    names.Pop();
                    break;
            }

            if (reader.CurrentDepth == 0)
                return;
            if (reader.CurrentDepth != 1 || Kind != JsonTokenType.StartObject)
                continue;
            if (reader.TokenType is not (JsonTokenType.EndObject or JsonTokenType.EndArray))
                (valueStart, valueKind) = (start, reader.TokenType);
            if (reader.TokenType is not (JsonTokenType.StartObject or JsonTokenType.StartArray))
                Members.Add(new JsonMember(member.Name, member.Start, member.End, valueStart, end, valueKind, member.Line));
        }
    }

    /// <summary>The reader's messages go on with a place of their own, which a whole file need not repeat.</summary>
    private static string FirstSentence(string message)
    {
        int end = message.IndexOf(" LineNumber:", StringComparison.Ordinal);
        return end < 0 ? message : message[..end];
    }
}
