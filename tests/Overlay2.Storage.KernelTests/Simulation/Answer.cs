using Overlay2.Storage.Kernel;

namespace Overlay2.Storage.KernelTests.Simulation;

/// <summary>Results as text, alike for both sides.</summary>
internal static class Answer
{
    public static string Of(int error) => ((LinuxError)error).ToString();

    public static string OfNames(IEnumerable<string> names) => "OK " + string.Join(' ', names.Order(StringComparer.Ordinal));

    /// <summary>The size of a directory is the file system's affair and not shown.</summary>
    public static string OfStatus(int mode, uint user, uint group, long links, long size) =>
        $"OK {Convert.ToString(mode, 8)} {user}:{group} links {links}" + ((mode & 0xF000) == 0x4000 ? "" : $" size {size}");
}
