namespace Overlay2.Storage.CrashTests.Courses;

/// <summary>The journal of a run, as somebody sees it who knows only its file.</summary>
internal sealed class JournalFile(string directory)
{
    private readonly string _lines = $"{directory}/journal.jsonl";

    public string Directory => directory;

    /// <summary>Whether the run was begun.</summary>
    public bool Exists => File.Exists(_lines);

    /// <summary>Whether it is known that the run has ended: then there is nothing to go on with.</summary>
    public bool HasEnded => Holds("Ended");

    /// <summary>Whether it is known that everything is undone.</summary>
    public bool IsRolledBack => Holds("RolledBack");

    /// <summary>Whether something was begun, or undone: after that a run cannot end as if it had not been.</summary>
    public bool HasBegun => Holds("Intent");

    public void Remove()
    {
        if (System.IO.Directory.Exists(directory))
            System.IO.Directory.Delete(directory, recursive: true);
    }

    // A line that is not whole tells nothing.
    private bool Holds(string kind) => Exists && File.ReadAllText(_lines).Split('\n')[..^1].Any(line => line.Contains($"\"{kind}\"", StringComparison.Ordinal));
}
