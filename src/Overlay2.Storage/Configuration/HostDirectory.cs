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
        using DirectoryReader directory = DirectoryReader.Open(root, path.Span, LinkRule.FollowInside);
        while (names.Count < MostNames && directory.Read())
        {
            if (directory.Name.EndsWith(ending))
                names.Add(new BytePath(directory.Name));
        }

        return names;
    }
}
