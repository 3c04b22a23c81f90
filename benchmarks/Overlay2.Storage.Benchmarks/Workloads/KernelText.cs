using System.Text;

namespace Overlay2.Storage.Benchmarks.Workloads;

/// <summary>Escapes as the kernel writes them, and the backslashes that a caller of mount(2) writes.</summary>
internal static class KernelText
{
    private const string Always = " \t\n\\";

    public static string EscapePath(string raw) => Escape(raw, Always);

    public static string EscapeSource(string raw) => Escape(raw, Always + "#");

    public static string EscapeOption(string raw) => Escape(raw, Always + ",");

    /// <summary>The super options of an overlay that was made with mount(2).</summary>
    public static string Overlay(
        IEnumerable<string> lowers, string? upper = null, string? work = null, string first = "rw", string tail = "")
    {
        string options = first + ",lowerdir=" + string.Join(':', lowers.Select(lower => Layer(lower, "\\,:")));
        if (upper is not null && work is not null)
            options += ",upperdir=" + Layer(upper, "\\,") + ",workdir=" + Layer(work, "\\,");
        return options + tail;
    }

    /// <summary>The bytes of a text that is not Latin-1, one character for each.</summary>
    public static string Utf8(string text) => Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(text));

    private static string Layer(string path, string special)
    {
        var mountData = new StringBuilder(path.Length);
        foreach (char character in path)
        {
            if (special.Contains(character, StringComparison.Ordinal))
                mountData.Append('\\');
            mountData.Append(character);
        }

        return EscapeOption(mountData.ToString());
    }

    private static string Escape(string raw, string special)
    {
        if (raw.AsSpan().IndexOfAny(special) < 0)
            return raw;

        var escaped = new StringBuilder(raw.Length + 8);
        foreach (char character in raw)
        {
            if (special.Contains(character, StringComparison.Ordinal))
                escaped.Append('\\').Append((char)('0' + (character >> 6))).Append((char)('0' + (character >> 3 & 7))).Append((char)('0' + (character & 7)));
            else
                escaped.Append(character);
        }

        return escaped.ToString();
    }
}
