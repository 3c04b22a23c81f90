using Microsoft.Win32.SafeHandles;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Interop;

namespace Overlay2.Storage.Configuration;

/// <summary>Opens and lists directories of a host.</summary>
internal static class HostDirectory
{
    private const int MostNames = 1024;

    /// <summary>Opens the root directory of a host whose configuration is read or changed.</summary>
    /// <exception cref="ConfigurationFileException">It cannot be opened.</exception>
    public static RootedDirectory OpenRoot(BytePath root) => RootedDirectory.TryOpen(root.Span, out RootedDirectory? opened, out Errno error)
        ? opened!
        : throw new ConfigurationFileException(ConfigurationFileFailure.Unreadable, root, error.ToString());

    /// <summary>The first names of a directory, or the first that end so, in the order that it gives; none where it cannot be read.</summary>
    public static List<BytePath> List(RootedDirectory root, BytePath path, ReadOnlySpan<byte> ending = default)
    {
        List<BytePath> names = [];
        bool isOpen = root.TryOpenFile(path.Span, OpenFlags.ReadOnly | OpenFlags.Directory, LinkRule.FollowInside, out SafeFileHandle opened, out _);
        using SafeFileHandle directory = opened;
        byte[] buffer = isOpen ? new byte[1 << 15] : [];
        while (isOpen && names.Count < MostNames && LibC.TryReadDirectory(directory, buffer, out int length, out _) && length > 0)
        {
            DirectoryRecords records = new(buffer.AsSpan(0, length));
            while (records.MoveNext() && names.Count < MostNames)
            {
                if (!records.Name.SequenceEqual("."u8) && !records.Name.SequenceEqual(".."u8) && records.Name.EndsWith(ending))
                    names.Add(new BytePath(records.Name));
            }
        }

        return names;
    }
}
