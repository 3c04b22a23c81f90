namespace Overlay2.Storage.Benchmarks.Comparison;

/// <summary>The part of a Markdown file between two comments, which a run replaces.</summary>
internal sealed class MarkedSection
{
    private const string Begin = "<!-- compare:begin -->\n";
    private const string End = "<!-- compare:end -->";

    private readonly string _file;
    private readonly string _before;
    private readonly string _after;

    /// <summary>Finds the section.</summary>
    /// <exception cref="FormatException">The file has none.</exception>
    public MarkedSection(string file)
    {
        string text = File.ReadAllText(file);
        int begin = text.IndexOf(Begin, StringComparison.Ordinal);
        int end = text.IndexOf(End, StringComparison.Ordinal);
        if (begin < 0 || end < begin)
            throw new FormatException($"{file} has no {Begin.TrimEnd()} followed by {End}.");

        _file = file;
        _before = text[..(begin + Begin.Length)];
        _after = text[end..];
    }

    public void Write(string content) => File.WriteAllText(_file, _before + content + _after);
}
