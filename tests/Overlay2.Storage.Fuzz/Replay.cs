namespace Overlay2.Storage.Fuzz;

/// <summary>Runs a target on recorded inputs, without a fuzzer.</summary>
internal static class Replay
{
    /// <summary>Runs every file of a folder.</summary>
    /// <returns>0 if the target took all of them, else 1.</returns>
    public static int Run(Action<byte[]> target, string folder, TextWriter output)
    {
        int inputs = 0;
        int failures = 0;
        foreach (string file in Directory.EnumerateFiles(folder).Order(StringComparer.Ordinal))
        {
            inputs++;
            try
            {
                target(File.ReadAllBytes(file));
            }
            catch (Exception e)
            {
                failures++;
                output.WriteLine($"{file}: {e}");
            }
        }

        output.WriteLine($"{inputs} inputs, {failures} failures");
        return failures == 0 && inputs > 0 ? 0 : 1;
    }
}
