using System.Globalization;
using System.Text;
using Overlay2.Storage.Interop;
using Overlay2.Storage.Simulation;

namespace Overlay2.Storage.Layers;

/// <summary>Reads the settings of the running host that decide path operations: proc_sys_fs(5).</summary>
internal static class HostSettings
{
    public static VfsSettings Read() => new()
    {
        ProtectedHardLinks = Value("protected_hardlinks"u8, 1) != 0,
        ProtectedSymbolicLinks = Value("protected_symlinks"u8, 0) != 0,
        ProtectedRegular = Value("protected_regular"u8, 0),
        ProtectedFifos = Value("protected_fifos"u8, 0),
    };

    private static int Value(ReadOnlySpan<byte> name, int otherwise)
    {
        const int Longest = 32;
        byte[] path = [.. "/proc/sys/fs/"u8, .. name];
        return BoundedFile.TryRead(path, Longest, out byte[] content, out _)
            && int.TryParse(Encoding.ASCII.GetString(content).AsSpan().Trim(), NumberStyles.Integer, CultureInfo.InvariantCulture, out int value)
            ? value
            : otherwise;
    }
}
