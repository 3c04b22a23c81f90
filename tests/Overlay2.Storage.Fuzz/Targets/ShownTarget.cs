using System.Net;
using System.Text;
using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.Fuzz.Targets;

/// <summary>Whatever was written outside is one line to read, on which neither a terminal nor Markdown nor HTML acts.</summary>
internal static class ShownTarget
{
    private const string MarkdownActsOn = "\\`*_[]<>|#~&!";

    public static void Run(byte[] input)
    {
        // Halves of surrogate pairs are texts too.
        Check(Encoding.UTF8.GetString(input));
        Check(string.Create(input.Length / 2, input, static (text, bytes) =>
        {
            for (int i = 0; i < text.Length; i++)
                text[i] = (char)((bytes[2 * i] << 8) | bytes[(2 * i) + 1]);
        }));
        if (!new ByteString(input).ToString().EnumerateRunes().All(Shown.IsShownAsItself))
            throw new InvalidOperationException("Bytes are shown as more than text to read.");
    }

    private static void Check(string text)
    {
        string line = Shown.Terminal(text);
        if (!line.EnumerateRunes().All(Shown.IsShownAsItself))
            throw new InvalidOperationException("A terminal acts on what is shown.");
        if (Shown.Terminal(line) != line)
            throw new InvalidOperationException("What is shown already changes.");

        string html = Shown.Html(text);
        if (html.AsSpan().ContainsAny("<>\"'") || WebUtility.HtmlDecode(html) != WebUtility.HtmlDecode(WebUtility.HtmlEncode(line)))
            throw new InvalidOperationException("HTML acts on what is shown, or shows another text.");
        if (Plain(Shown.Markdown(text)) != line)
            throw new InvalidOperationException("Markdown shows another text.");
    }

    /// <summary>What a reader of Markdown shows.</summary>
    private static string Plain(string markdown)
    {
        var plain = new StringBuilder(markdown.Length);
        for (int i = 0; i < markdown.Length; i++)
        {
            if (markdown[i] == '\\' && i + 1 < markdown.Length && (MarkdownActsOn.Contains(markdown[i + 1], StringComparison.Ordinal) || (i == 0 && markdown[1] is '-' or '+' or '=')))
                i++;
            else if (MarkdownActsOn.Contains(markdown[i], StringComparison.Ordinal))
                throw new InvalidOperationException("Markdown acts on what is shown.");
            plain.Append(markdown[i]);
        }

        return plain.ToString();
    }
}
