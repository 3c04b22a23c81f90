using Overlay2.Storage.Interop;
using Overlay2.Storage.Kernel;

namespace Overlay2.Storage.Detection;

/// <summary>Whether the entries of a directory say their types, by reading some that are there.</summary>
internal static class DirectoryEntryTypes
{
    /// <summary>Reads the first entries. "." and ".." have a type everywhere, so they say nothing.</summary>
    /// <param name="entries">A directory, of which nothing was read yet; it is disposed.</param>
    public static FeatureEvidence Look(DirectoryReader entries)
    {
        using DirectoryReader directory = entries;
        if (!directory.Read())
            return new(FeatureStatus.Unknown, directory.Error.IsError ? $"the directory can not be read ({directory.Error})" : "the directory is empty: no entry could show its type");

        do
        {
            if (directory.Type != 0)
                return new(FeatureStatus.Yes, "directory entries have types");
        }
        while (directory.HasMoreAtHand && directory.Read());
        return new(FeatureStatus.No, "directory entries have no types (DT_UNKNOWN)");
    }
}
