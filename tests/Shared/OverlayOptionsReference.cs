using System.Text;

namespace Overlay2.Storage.TestShared;

/// <summary>Reads overlay super options as plainly as can be, to compare the fast reader with. Text is Latin-1.</summary>
internal static class OverlayOptionsReference
{
    private static readonly string[] s_contexts = ["context", "fscontext", "defcontext", "rootcontext"];

    public static List<string> SplitOptions(string text)
    {
        var options = new List<string>();
        while (text.Length > 0)
        {
            string option = text.Split(',')[0];
            string? name = s_contexts.FirstOrDefault(context => option.StartsWith(context + "=\"", StringComparison.Ordinal));
            if (name is not null)
            {
                int quote = text.IndexOf('"', name.Length + 2);
                if (quote >= 0 && (quote + 1 == text.Length || text[quote + 1] == ','))
                    option = text[..(quote + 1)];
            }

            if (option.Length > 0)
                options.Add(option);
            text = option.Length == text.Length ? "" : text[(option.Length + 1)..];
        }

        return options;
    }

    /// <summary>Each layer as <c>path</c>, <c>::path</c> (directly behind a double colon) or <c>+path</c> (data-only, behind a single one), decoded.</summary>
    public static List<string> SplitLayers(string value)
    {
        var layers = new List<string>();
        if (value.Length == 0)
            return layers;

        string text = Octal(value);
        var path = new StringBuilder();
        string prefix = "";
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] == '\\')
            {
                if (++i < text.Length)
                    path.Append(text[i]);
            }
            else if (text[i] == ':')
            {
                layers.Add(prefix + path);
                path.Clear();
                bool isDouble = i + 1 < text.Length && text[i + 1] == ':';
                prefix = isDouble ? "::" : prefix.Length > 0 ? "+" : "";
                i += isDouble ? 1 : 0;
            }
            else
            {
                path.Append(text[i]);
            }
        }

        layers.Add(prefix + path);
        return layers;
    }

    public static string Octal(string text)
    {
        var decoded = new StringBuilder();
        for (int i = 0; i < text.Length; i++)
        {
            bool isEscape = text[i] == '\\' && i + 3 < text.Length
                && text[i + 1] is >= '0' and <= '3' && text[i + 2] is >= '0' and <= '7' && text[i + 3] is >= '0' and <= '7';
            decoded.Append(isEscape ? (char)Convert.ToInt32(text.Substring(i + 1, 3), 8) : text[i]);
            i += isEscape ? 3 : 0;
        }

        return decoded.ToString();
    }
}
