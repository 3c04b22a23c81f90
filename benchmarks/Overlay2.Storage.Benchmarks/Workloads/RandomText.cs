namespace Overlay2.Storage.Benchmarks.Workloads;

/// <summary>Names as engines make them up.</summary>
internal static class RandomText
{
    private const string Hexadecimal = "0123456789abcdef";
    private const string Base32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    private static readonly int[] s_uuidParts = [8, 4, 4, 4, 12];

    public static string Identifier(this Random random) => random.GetString(Hexadecimal, 64);

    public static string LayerLink(this Random random) => random.GetString(Base32, 26);

    public static string PodSuffix(this Random random) => random.GetString("bcdfghjklmnpqrstvwxz2456789", 5);

    public static string Uuid(this Random random) =>
        string.Join('-', s_uuidParts.Select(length => random.GetString(Hexadecimal, length)));

    public static T Choose<T>(this Random random, params ReadOnlySpan<T> choices) => choices[random.Next(choices.Length)];

    /// <summary>Different numbers from 0 up to, not with, a limit, in random order.</summary>
    public static int[] Sample(this Random random, int limit, int count)
    {
        var seen = new HashSet<int>();
        int[] sample = new int[count];
        for (int i = 0; i < count; i++)
        {
            do
                sample[i] = random.Next(limit);
            while (!seen.Add(sample[i]));
        }

        return sample;
    }
}
