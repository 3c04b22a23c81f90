using System.Globalization;

namespace Overlay2.Storage.KernelTests.Engine;

/// <summary>Translates process numbers of a process namespace directly below this process's into those of this process.</summary>
internal static class HostProcess
{
    /// <summary>The process below <paramref name="ancestor"/> that calls itself <paramref name="own"/>.</summary>
    public static int Find(int ancestor, int own)
    {
        HashSet<int> family = [ancestor];
        for (int before = 0; before != family.Count;)
        {
            before = family.Count;
            foreach ((int process, string[] status) in Statuses())
            {
                if (!family.Contains(int.Parse(Field(status, "PPid:")[0], CultureInfo.InvariantCulture)))
                    continue;
                family.Add(process);
                string[] numbers = Field(status, "NSpid:");
                if (numbers.Length > 1 && numbers[1] == own.ToString(CultureInfo.InvariantCulture))
                    return process;
            }
        }

        throw new InvalidOperationException($"No process {own} below {ancestor}.");
    }

    private static IEnumerable<(int Process, string[] Status)> Statuses()
    {
        foreach (string folder in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out int process))
                continue;
            string[] status;
            try
            {
                status = File.ReadAllLines(folder + "/status");
            }
            catch (IOException)
            {
                continue;
            }

            yield return (process, status);
        }
    }

    private static string[] Field(string[] status, string name) =>
        status.First(line => line.StartsWith(name, StringComparison.Ordinal))[name.Length..].Split((char[])['\t', ' '], StringSplitOptions.RemoveEmptyEntries);
}
