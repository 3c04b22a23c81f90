using Microsoft.Win32.SafeHandles;
using Overlay2.Storage.Interop;
using Overlay2.Storage.Kernel;

namespace Overlay2.Storage.Detection;

/// <summary>Whether the entries of a directory say their types, by reading some that are there.</summary>
internal static class DirectoryEntryTypes
{
    public static FeatureEvidence Look(ReadOnlySpan<byte> path)
    {
        if (!LibC.TryOpen(path, OpenFlags.ReadOnly | OpenFlags.Directory, out SafeFileHandle opened, out Errno error))
            return new(FeatureStatus.Unknown, $"the directory can not be read ({error})");
        using SafeFileHandle directory = opened;
        return Look(directory);
    }

    /// <summary>"." and ".." have a type everywhere, so they say nothing.</summary>
    public static FeatureEvidence Look(SafeFileHandle directory)
    {
        byte[] buffer = new byte[1 << 14];
        if (!LibC.TryReadDirectory(directory, buffer, out int length, out Errno error))
            return new(FeatureStatus.Unknown, $"the directory can not be read ({error})");
        var records = new DirectoryRecords(buffer.AsSpan(0, length));
        if (!records.MoveNext())
            return new(FeatureStatus.Unknown, "the directory is empty: no entry could show its type");

        do
        {
            if (records.Type != 0)
                return new(FeatureStatus.Yes, "directory entries have types");
        }
        while (records.MoveNext());
        return new(FeatureStatus.No, "directory entries have no types (DT_UNKNOWN)");
    }
}
