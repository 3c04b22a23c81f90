using System.IO.Compression;
using Overlay2.Storage.Kernel;

namespace Overlay2.Storage.Tests.Kernel;

/// <summary>The recordings of real kernels in tests/data/kernel.</summary>
internal static class KernelTruth
{
    public static readonly string[] Kernels = ["5.10.46", "5.10.262", "6.1.176", "6.12.113", "6.16.12", "6.17.13", "6.18.44", "7.2.7", "7.3.4"];

    /// <summary>6.16.12 left a profile only.</summary>
    public static readonly string[] KernelsWithMatrix = [.. Kernels.Where(k => k != "6.16.12")];

    public static byte[] ProfileJson(string kernel) => File.ReadAllBytes(Path.Combine(Folder(kernel), "profile.json"));

    public static KernelProfile Profile(string kernel) => KernelProfile.Parse(ProfileJson(kernel));

    public static IEnumerable<string> MountMatrix(string kernel)
    {
        using var reader = new StreamReader(new GZipStream(File.OpenRead(Path.Combine(Folder(kernel), "mount-matrix.jsonl.gz")), CompressionMode.Decompress));
        while (reader.ReadLine() is { } line)
            yield return line;
    }

    private static string Folder(string kernel)
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !Directory.Exists(Path.Combine(folder, "tests", "data", "kernel")))
            folder = Path.GetDirectoryName(folder);
        return Path.Combine(folder ?? throw new DirectoryNotFoundException("tests/data/kernel"), "tests", "data", "kernel", kernel);
    }
}
