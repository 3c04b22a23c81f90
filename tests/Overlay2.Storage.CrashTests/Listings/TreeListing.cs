using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Overlay2.Storage.Interop;

namespace Overlay2.Storage.CrashTests.Listings;

/// <summary>Everything in a directory that a repair must keep, a line for each entry: type and mode, owner, flags, link target or device or size and SHA-256,
/// extended attributes. Times are left out: what is moved and back again has new ones in the directories that it was in.</summary>
internal static class TreeListing
{
    private static readonly EnumerationOptions s_everything = new() { AttributesToSkip = FileAttributes.None };

    /// <summary>The lines in order; none where there is no such directory.</summary>
    public static IReadOnlyList<string> Of(string root)
    {
        List<string> lines = [];
        if (Directory.Exists(root))
            Add(root, "", lines);
        lines.Sort(StringComparer.Ordinal);
        return lines;
    }

    private static void Add(string directory, string relative, List<string> lines)
    {
        foreach (string path in Directory.EnumerateFileSystemEntries(directory, "*", s_everything))
        {
            string name = relative + path[(directory.Length + 1)..];
            lines.Add(Describe(path, name, out bool isDirectory));
            if (isDirectory)
                Add(path, $"{name}/", lines);
        }
    }

    private static string Describe(string path, string name, out bool isDirectory)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(path);
        if (!LibC.TryStatx(LibC.CurrentDirectory, bytes, AtFlags.NoFollow, StatusMask.Basic, out FileStatus status, out Errno error))
            throw new CrashFailure($"{path}: {error}");
        isDirectory = status.IsDirectory;
        var line = new StringBuilder();
        line.Append(CultureInfo.InvariantCulture, $"{name} {Convert.ToString(status.Mode, 8)} {status.UserId}:{status.GroupId}");
        if ((status.Attributes & (FileStatus.ImmutableAttribute | FileStatus.AppendOnlyAttribute)) is > 0 and var flags)
            line.Append(CultureInfo.InvariantCulture, $" flags {flags:x}");
        switch (status.Mode & FileStatus.TypeMask)
        {
            case FileStatus.SymbolicLinkType:
                line.Append(CultureInfo.InvariantCulture, $" -> {new FileInfo(path).LinkTarget}");
                break;
            case FileStatus.RegularType:
                using (FileStream file = File.OpenRead(path))
                    line.Append(CultureInfo.InvariantCulture, $" {status.Size} {Convert.ToHexStringLower(SHA256.HashData(file))}");
                break;
            case FileStatus.CharacterDeviceType or FileStatus.BlockDeviceType:
                line.Append(CultureInfo.InvariantCulture, $" {status.DeviceFileMajor}:{status.DeviceFileMinor}");
                break;
        }

        AddAttributes(bytes, line);
        return line.ToString();
    }

    private static void AddAttributes(byte[] path, StringBuilder line)
    {
        if (!LibC.TryListExtendedAttributes(path, out byte[] names, out _))
            return;
        foreach (string attribute in Encoding.UTF8.GetString(names).Split('\0', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal))
        {
            string value = LibC.TryGetExtendedAttribute(path, Encoding.UTF8.GetBytes(attribute), out byte[] found, out Errno error) ? Convert.ToHexStringLower(found) : error.ToString();
            line.Append(CultureInfo.InvariantCulture, $" {attribute}={value}");
        }
    }
}
