using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.Simulation.Scenarios;

/// <summary>Names in JSON: text where it is UTF-8, and a lone surrogate U+DC80 to U+DCFF for each byte that is not.</summary>
internal static class ScenarioJson
{
    /// <summary>The bytes of a JSON string.</summary>
    public static ByteString GetBytes(JsonElement element)
    {
        if (element.ValueKind != JsonValueKind.String)
            throw new ScenarioFormatException("A string was expected, not " + element.ValueKind + ".");
        string raw = element.GetRawText();
        ReadOnlySpan<char> text = raw.AsSpan(1, raw.Length - 2);
        if (!text.Contains('\\'))
            return ByteString.FromText(text.ToString());

        var bytes = new ArrayBufferWriter<byte>(text.Length);
        Span<byte> utf8 = stackalloc byte[4];
        while (!text.IsEmpty)
        {
            char unit = ReadUnit(ref text);
            Rune rune;
            if (char.IsHighSurrogate(unit) && !text.IsEmpty)
            {
                char low = ReadUnit(ref text);
                if (!Rune.TryCreate(unit, low, out rune))
                    throw new ScenarioFormatException("A surrogate without its partner.");
            }
            else if (unit is >= '\uDC80' and <= '\uDCFF')
            {
                bytes.Write([(byte)(unit - 0xDC00)]);
                continue;
            }
            else if (!Rune.TryCreate(unit, out rune))
            {
                throw new ScenarioFormatException("A surrogate without its partner.");
            }

            bytes.Write(utf8[..rune.EncodeToUtf8(utf8)]);
        }

        return new ByteString(bytes.WrittenSpan);
    }

    /// <summary>The text of a JSON string.</summary>
    public static string GetText(JsonElement element) => element.ValueKind == JsonValueKind.String
        ? element.GetString()!
        : throw new ScenarioFormatException("A string was expected, not " + element.ValueKind + ".");

    /// <summary>Two numbers in an array.</summary>
    public static (long First, long Second) GetPair(JsonElement element) => element.ValueKind == JsonValueKind.Array && element.GetArrayLength() == 2
        ? (element[0].GetInt64(), element[1].GetInt64())
        : throw new ScenarioFormatException("Two numbers in an array were expected.");

    /// <summary>A device number: major and minor.</summary>
    public static DeviceNumber GetDevice(JsonElement element)
    {
        (long major, long minor) = GetPair(element);
        return new DeviceNumber(checked((int)major), checked((int)minor));
    }

    /// <summary>A path or name: bytes without a zero.</summary>
    public static ByteString GetName(JsonElement element) => GetBytes(element) is var bytes && !bytes.Span.Contains((byte)0)
        ? bytes
        : throw new ScenarioFormatException("A name holds a zero byte.");

    /// <summary>Writes bytes as a JSON string.</summary>
    public static void WriteBytes(Utf8JsonWriter writer, ReadOnlySpan<byte> bytes) => writer.WriteRawValue(Quote(bytes), skipInputValidation: true);

    /// <summary>Writes a member whose value is bytes.</summary>
    public static void WriteBytes(Utf8JsonWriter writer, string name, ReadOnlySpan<byte> bytes) => WriteJson(writer, name, Quote(bytes));

    /// <summary>Writes a member whose value is JSON already.</summary>
    public static void WriteJson(Utf8JsonWriter writer, string name, string json)
    {
        writer.WritePropertyName(name);
        writer.WriteRawValue(json, skipInputValidation: true);
    }

    /// <summary>Writes a member whose value is an array of strings.</summary>
    public static void WriteStrings(Utf8JsonWriter writer, string name, IEnumerable<string> values)
    {
        writer.WriteStartArray(name);
        foreach (string value in values)
            writer.WriteStringValue(value);
        writer.WriteEndArray();
    }

    /// <summary>An object as JSON.</summary>
    public static string Object(IEnumerable<(ByteString Name, string Json)> members) =>
        "{" + string.Join(',', members.Select(static member => "\"" + JsonEncodedText.Encode(member.Name.Span).Value + "\":" + member.Json)) + "}";

    /// <summary>A number as JSON.</summary>
    public static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);

    /// <summary>Text as a JSON string.</summary>
    public static string Quote(string text) => Quote(Encoding.UTF8.GetBytes(text));

    /// <summary>Bytes as a JSON string.</summary>
    public static string Quote(ReadOnlySpan<byte> bytes)
    {
        if (System.Text.Unicode.Utf8.IsValid(bytes))
            return "\"" + JsonEncodedText.Encode(bytes).Value + "\"";
        var text = new StringBuilder("\"");
        while (!bytes.IsEmpty)
        {
            OperationStatus status = Rune.DecodeFromUtf8(bytes, out Rune rune, out int length);
            if (status == OperationStatus.Done)
            {
                text.Append(JsonEncodedText.Encode(rune.ToString()).Value);
            }
            else
            {
                foreach (byte value in bytes[..length])
                    text.Append(CultureInfo.InvariantCulture, $"\\udc{value:x2}");
            }

            bytes = bytes[length..];
        }

        return text.Append('"').ToString();
    }

    private static char ReadUnit(ref ReadOnlySpan<char> text)
    {
        char first = text[0];
        if (first != '\\')
        {
            text = text[1..];
            return first;
        }

        char kind = text[1];
        if (kind == 'u')
        {
            char unit = (char)ushort.Parse(text.Slice(2, 4), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            text = text[6..];
            return unit;
        }

        text = text[2..];
        return kind switch
        {
            'n' => '\n',
            't' => '\t',
            'r' => '\r',
            'b' => '\b',
            'f' => '\f',
            _ => kind,
        };
    }
}
