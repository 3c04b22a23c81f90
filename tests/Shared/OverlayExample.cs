using System.Globalization;
using System.Text;

namespace Overlay2.Storage.TestShared;

/// <summary>An example of docs/overlayfs-differences.md: layers, options, calls and their answers.</summary>
internal sealed class OverlayExample
{
    private OverlayExample(string id) => Id = id;

    public string Id { get; }

    /// <summary>The kernel it is about; <see langword="null"/> for any current one.</summary>
    public string? Kernel { get; private set; }

    public string Options { get; private set; } = "";

    /// <summary>The file system of the upper layer, and of the lowers if <see cref="LowerDisk"/> does not say otherwise.</summary>
    public string Disk { get; private set; } = "ext4";

    public string? LowerDisk { get; private set; }

    /// <summary>Layer name, what to make (dir, file, hardlink, mark) and its words.</summary>
    public List<(string Layer, string What, string[] Words)> Objects { get; } = [];

    public List<Step> Steps { get; } = [];

    public IEnumerable<string> Lowers => Objects.Select(o => o.Layer).Where(l => l[0] == 'l').Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal);

    /// <summary>Reads all examples of a page.</summary>
    public static List<OverlayExample> Read(string page)
    {
        List<OverlayExample> examples = [];
        string[] parts = File.ReadAllText(page).Split("<!-- example -->\n```\n");
        foreach (string part in parts.Skip(1))
            examples.Add(Parse(part[..part.IndexOf("```", StringComparison.Ordinal)].Split('\n', StringSplitOptions.RemoveEmptyEntries)));
        return examples;
    }

    private static OverlayExample Parse(string[] lines)
    {
        var example = new OverlayExample(lines[0][3..]);
        foreach (string line in lines.Skip(1))
        {
            string[] words = line.Split(' ');
            int arrow = Array.IndexOf(words, "=>");
            if (arrow > 0)
                example.Steps.Add(new Step(words[0], words[1..arrow], words[arrow + 1], words[(arrow + 2)..]));
            else if (words[0] == "kernel")
                example.Kernel = words[1];
            else if (words[0] == "options")
                example.Options = words[1];
            else if (words[0] == "disk")
                example.Disk = words[1];
            else if (words[0] == "disk2")
                example.LowerDisk = words[1];
            else
                example.Objects.Add((words[0], words[1], words[2..]));
        }

        // An upper limited in space needs its lowers elsewhere.
        if (example.Disk.StartsWith("tmpfs:", StringComparison.Ordinal))
            example.LowerDisk ??= "ext4";
        return example;
    }

    /// <summary>The bytes of a file: those of the scenario format.</summary>
    public static byte[] Content(string[] words)
    {
        int size = int.Parse(words[1], CultureInfo.InvariantCulture), seed = words.Length > 3 ? int.Parse(words[3], CultureInfo.InvariantCulture) : 3;
        return [.. Enumerable.Range(0, size).Select(i => (byte)(((seed * 17) + i) % 251))];
    }

    /// <summary>A call, its arguments, the expected error name (or for the upper layer the type) and values.</summary>
    internal sealed record Step(string Call, string[] Arguments, string Result, string[] Values)
    {
        public static byte[] Text(string value) => value.StartsWith("\\x", StringComparison.Ordinal) ? Convert.FromHexString(value[2..]) : Encoding.UTF8.GetBytes(value);

        /// <summary>Compares values that were got with those expected; letters stand for numbers that must recur or must not.</summary>
        /// <returns>What is wrong, or <see langword="null"/>.</returns>
        public string? Check(string result, Func<string, string> get, Dictionary<string, string> letters)
        {
            if (result != Result)
                return $"{this}: {result}";
            foreach (string value in Values)
            {
                bool differs = value.Contains("!=", StringComparison.Ordinal);
                string[] parts = value.Split(differs ? "!=" : "=", 2);
                string got = get(parts[0]), wanted = parts[1];
                if (parts[0] is "ino" or "dev")
                {
                    string letter = parts[0] + wanted;
                    if (letters.TryAdd(letter, got))
                        continue;
                    wanted = letters[letter];
                }

                if ((got == wanted) == differs)
                    return $"{this}: {parts[0]} is {got}";
            }

            return null;
        }

        public override string ToString() => $"{Call} {string.Join(' ', Arguments)} => {Result} {string.Join(' ', Values)}";
    }
}
