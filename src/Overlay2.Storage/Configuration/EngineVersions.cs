using System.Runtime.InteropServices;

namespace Overlay2.Storage.Configuration;

/// <summary>A range of the engine's major versions, without <paramref name="End"/>.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct EngineVersions(int First, int End)
{
    public static EngineVersions All => new(0, int.MaxValue);

    public static EngineVersions None => default;

    public static EngineVersions Since(int first) => new(first, int.MaxValue);

    public static EngineVersions Before(int end) => new(0, end);

    /// <summary>Whether a version is in the range; <see langword="null"/> where it depends on a version that is not known.</summary>
    public bool? Contains(int? version)
    {
        if (this == All)
            return true;
        if (First >= End)
            return false;
        return version is { } known ? known >= First && known < End : null;
    }
}
