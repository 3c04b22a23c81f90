using Overlay2.Storage.Bytes;
using Overlay2.Storage.Interop;

namespace Overlay2.Storage.Configuration;

/// <summary>The one door through which configuration files are written.</summary>
/// <remarks>Thread-safe. Two writers of one file at the same moment may each replace it; the later rename stays.</remarks>
public static class ConfigurationFile
{
    /// <summary>Replaces a file, or makes it, so that at every moment, also after a crash, it is the old or the new one whole.</summary>
    /// <remarks>
    /// The new content goes to a temporary file in the same directory, with mode, owner and extended attributes of the old one; it is
    /// written to disk, renamed over the old one, and the directory is written to disk. Before that the old file is copied to a name
    /// ending in <c>.bak</c>, or <c>.bak1</c> and so on, none of which is ever overwritten. A symbolic link stays, and the file it leads
    /// to, below the root, is replaced. After a crash a file <c>.overlay2-*.new</c> may be left over; it can be removed.
    /// </remarks>
    /// <param name="root">The host's root directory: <c>/</c>, or where it is mounted, such as <c>/host</c>.</param>
    /// <param name="edit">The change.</param>
    /// <returns>Which files were written.</returns>
    /// <exception cref="ConfigurationFileException">Nothing was replaced: the file is not what <paramref name="edit"/> starts from, or cannot be replaced.</exception>
    public static ConfigurationReplacement Replace(BytePath root, ConfigurationEdit edit)
    {
        ArgumentNullException.ThrowIfNull(edit);
        using RootedDirectory directory = HostDirectory.OpenRoot(root);
        using ConfigurationFileWriter writer = new(directory, edit);
        return writer.Replace();
    }

    /// <summary>Removes a file that a plan made; no copy is kept.</summary>
    /// <param name="root">The host's root directory.</param>
    /// <param name="edit">The file, and what it must hold.</param>
    /// <exception cref="ConfigurationFileException">Nothing was removed: the file is not what <paramref name="edit"/> starts from, or cannot be removed.</exception>
    internal static void Remove(BytePath root, ConfigurationEdit edit)
    {
        using RootedDirectory directory = HostDirectory.OpenRoot(root);
        using ConfigurationFileWriter writer = new(directory, edit);
        writer.Remove();
    }
}
