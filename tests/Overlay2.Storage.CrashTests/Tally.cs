using System.Globalization;

namespace Overlay2.Storage.CrashTests;

/// <summary>What became of the runs of one scenario. Written to a file by the process of the scenario, and read by the one that shows the table.</summary>
internal sealed class Tally
{
    private const string FailureLine = "failure ";
    private const string KindLine = "kind ";

    private readonly SortedDictionary<string, int> _counts = new(StringComparer.Ordinal);

    /// <summary>The kinds of actions that its plan does or undoes something by, as plans name them.</summary>
    public SortedSet<string> Kinds { get; } = new(StringComparer.Ordinal);

    /// <summary>What was not as it has to be.</summary>
    public List<string> Failures { get; } = [];

    /// <summary>How often something was counted.</summary>
    public int this[TallyColumn column] => _counts.GetValueOrDefault(column.ToString());

    public void Add(TallyColumn column, int count = 1) => _counts[column.ToString()] = this[column] + count;

    /// <summary>Sets a number that is the largest of several.</summary>
    public void Raise(TallyColumn column, int count) => _counts[column.ToString()] = Math.Max(this[column], count);

    public void Save(string file) =>
        File.WriteAllLines(file, [.. _counts.Select(count => string.Create(CultureInfo.InvariantCulture, $"{count.Key} {count.Value}")), .. Kinds.Select(kind => KindLine + kind), .. Failures.Select(failure => FailureLine + failure.ReplaceLineEndings("\\n"))]);

    /// <summary>The tally of a file; of one that is not there, that of a scenario that died.</summary>
    public static Tally Load(string file)
    {
        var tally = new Tally();
        if (!File.Exists(file))
        {
            tally.Failures.Add("the process of the scenario died");
            return tally;
        }

        foreach (string line in File.ReadLines(file))
        {
            if (line.StartsWith(FailureLine, StringComparison.Ordinal))
                tally.Failures.Add(line[FailureLine.Length..].Replace("\\n", "\n", StringComparison.Ordinal));
            else if (line.StartsWith(KindLine, StringComparison.Ordinal))
                tally.Kinds.Add(line[KindLine.Length..]);
            else if (line.Split(' ') is [var name, var count])
                tally._counts[name] = int.Parse(count, CultureInfo.InvariantCulture);
        }

        return tally;
    }
}
