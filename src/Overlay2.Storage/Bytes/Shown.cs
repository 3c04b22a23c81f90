using System.Globalization;
using System.Net;
using System.Text;

namespace Overlay2.Storage.Bytes;

/// <summary>Makes text from outside fit to be shown: names, paths, options, lines of logs and files, words of a command line, reasons of errors.</summary>
/// <remarks>
/// <para>Anybody may have written it. What is not text to read (control characters, such as those that terminals act on, newlines, and invisible characters, such as those that
/// turn the direction of writing) is written as <c>\ooo</c>, byte by byte, as <see cref="ByteString.ToString"/> does. Unlike there backslashes stay, so what is shown already is not changed
/// once more, and nothing can be read back. JSON needs none of this: its writers escape.</para>
/// </remarks>
public static class Shown
{
    /// <summary>The text as one line for a terminal.</summary>
    /// <param name="text">Any text. A surrogate without its partner is shown as U+FFFD.</param>
    public static string Terminal(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.EnumerateRunes().All(IsShownAsItself))
            return text;
        var line = new StringBuilder(text.Length);
        Span<byte> bytes = stackalloc byte[4];
        foreach (Rune rune in text.EnumerateRunes())
        {
            if (IsShownAsItself(rune))
            {
                line.Append(rune);
                continue;
            }

            foreach (byte value in bytes[..rune.EncodeToUtf8(bytes)])
                ByteString.AppendOctal(line, value);
        }

        return line.ToString();
    }

    /// <summary>The same within a line of Markdown: what Markdown or HTML would act on has a backslash before it.</summary>
    /// <param name="text">Any text.</param>
    public static string Markdown(string text)
    {
        var plain = new StringBuilder(text?.Length ?? 0);
        foreach (char character in Terminal(text!))
        {
            // Some begin a list, a quotation or a heading, but only where a line begins.
            if ("\\`*_[]<>|#~&!".Contains(character, StringComparison.Ordinal) || (plain.Length == 0 && character is '-' or '+' or '='))
                plain.Append('\\');
            plain.Append(character);
        }

        return plain.ToString();
    }

    /// <summary>The same within an element of HTML, or within quotes in one of its attributes.</summary>
    /// <param name="text">Any text.</param>
    public static string Html(string text) => WebUtility.HtmlEncode(Terminal(text));

    /// <summary>Whether a character is one to read, and no more than that.</summary>
    internal static bool IsShownAsItself(Rune rune) => Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Control or UnicodeCategory.Format
        or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator);
}
