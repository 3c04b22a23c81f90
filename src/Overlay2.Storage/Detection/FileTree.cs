using Microsoft.Win32.SafeHandles;
using Overlay2.Storage.Interop;

namespace Overlay2.Storage.Detection;

/// <summary>Removes a directory with all that is in it, by open directories: no link is followed.</summary>
internal static class FileTree
{
    private const int MostDepth = 64;

    /// <summary>Whether all of it is gone.</summary>
    public static bool Remove(SafeFileHandle parent, ReadOnlySpan<byte> name, int depth = 0)
    {
        if (depth > MostDepth)
            return false;
        if (LibC.TryOpenAt(parent, name, OpenFlags.ReadOnly | OpenFlags.Directory | OpenFlags.NoFollow, out SafeFileHandle opened, out _))
        {
            using SafeFileHandle directory = opened;
            foreach (byte[] entry in ReadNames(directory))
            {
                if (LibC.Remove(directory, entry, isDirectory: false).IsError)
                    Remove(directory, entry, depth + 1);
            }
        }

        return !LibC.Remove(parent, name, isDirectory: true).IsError;
    }

    public static List<byte[]> ReadNames(SafeFileHandle directory)
    {
        var names = new List<byte[]>();
        byte[] buffer = new byte[1 << 14];
        while (LibC.TryReadDirectory(directory, buffer, out int length, out _) && length > 0)
        {
            var records = new DirectoryRecords(buffer.AsSpan(0, length));
            while (records.MoveNext())
                names.Add(records.Name.ToArray());
        }

        return names;
    }
}
