using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Overlay2.Storage.Bytes;

namespace Overlay2.Cli.Output;

/// <summary>
/// Writes bytes as JSON text so that none is lost: a byte that is not UTF-8 becomes the lone surrogate U+DC80 + (byte − 0x80),
/// which Python's <c>surrogateescape</c> and other readers of the same convention turn back.
/// </summary>
internal static class SurrogateEscape
{
    /// <summary>Writes the bytes as the next value.</summary>
    public static void WriteValue(Utf8JsonWriter writer, ReadOnlySpan<byte> bytes)
    {
        if (Utf8.IsValid(bytes))
            writer.WriteStringValue(bytes);
        else
            writer.WriteRawValue(Escape(bytes), skipInputValidation: true); // the writer refuses lone surrogates
    }

    /// <summary>Writes the bytes as a property.</summary>
    public static void WriteProperty(Utf8JsonWriter writer, string name, ReadOnlySpan<byte> bytes)
    {
        writer.WritePropertyName(name);
        WriteValue(writer, bytes);
    }

    /// <summary>Writes the bytes as the name of the next property. A name cannot be written raw, so bytes that are not UTF-8 are
    /// shown in it as <c>\ooo</c>; overlayfs itself knows no such option.</summary>
    public static void WriteName(Utf8JsonWriter writer, ReadOnlySpan<byte> bytes)
    {
        if (Utf8.IsValid(bytes))
            writer.WritePropertyName(bytes);
        else
            writer.WritePropertyName(new ByteString(bytes).ToString());
    }

    private static string Escape(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder("\"", bytes.Length + 16);
        while (!bytes.IsEmpty)
        {
            if (Rune.DecodeFromUtf8(bytes, out Rune rune, out int length) == OperationStatus.Done)
            {
                text.Append(JsonEncodedText.Encode(rune.ToString()));
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
}
