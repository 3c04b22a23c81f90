using System.Globalization;

namespace Overlay2.Storage.CrashTests.Listings;

/// <summary>Compares listings.</summary>
internal static class Listing
{
    /// <summary>What the device of a file system follows in a line.</summary>
    public const string Device = "device=";

    private const int MostShown = 6;

    /// <summary>The lines with the devices of file systems numbered through: what is built a second time has other ones.</summary>
    public static IReadOnlyList<string> WithoutDevices(IReadOnlyList<string> lines)
    {
        Dictionary<string, int> numbers = new(StringComparer.Ordinal);
        return [.. lines.Select(line =>
        {
            int at = line.IndexOf(Device, StringComparison.Ordinal);
            if (at < 0)
                return line;
            numbers.TryAdd(line[at..], numbers.Count);
            return string.Create(CultureInfo.InvariantCulture, $"{line[..at]}{Device}{numbers[line[at..]]}");
        })];
    }

    /// <summary>The lines without what the change of a configuration file leaves beside it: what it held before, and after a crash a new file that nobody
    /// took, as <c>ConfigurationFile</c> says.</summary>
    public static IReadOnlyList<string> WithoutLeftOvers(IReadOnlyList<string> lines) =>
        [.. lines.Where(line => Path.GetFileName(line.Split(' ')[0]) is var name && !name.Contains(".bak", StringComparison.Ordinal) && !name.StartsWith(".overlay2-", StringComparison.Ordinal))];

    /// <exception cref="CrashFailure">They are not the same; with the lines that only one of them has.</exception>
    public static void Expect(IReadOnlyList<string> expected, IReadOnlyList<string> found, string what)
    {
        if (expected.SequenceEqual(found, StringComparer.Ordinal))
            return;
        IEnumerable<string> lost = Missing(expected, found).Select(line => $"\n    - {line}"), added = Missing(found, expected).Select(line => $"\n    + {line}");
        throw new CrashFailure($"{what}:{string.Concat(lost.Take(MostShown))}{string.Concat(added.Take(MostShown))}");
    }

    /// <summary>The lines of one that another lacks; a line may be there more than once.</summary>
    private static IEnumerable<string> Missing(IReadOnlyList<string> of, IReadOnlyList<string> from)
    {
        Dictionary<string, int> counts = from.CountBy(line => line, StringComparer.Ordinal).ToDictionary(StringComparer.Ordinal);
        foreach (string line in of)
        {
            if (counts.TryGetValue(line, out int left) && left > 0)
                counts[line] = left - 1;
            else
                yield return line;
        }
    }
}
