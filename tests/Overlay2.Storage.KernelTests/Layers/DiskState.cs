using System.Globalization;
using System.Text;
using Overlay2.Storage.Interop;

namespace Overlay2.Storage.KernelTests.Layers;

/// <summary>Everything there is to a tree on disk but access times, as text: who changed anything changed the text.</summary>
internal static class DiskState
{
    public static string Of(IEnumerable<string> folders)
    {
        var text = new StringBuilder();
        foreach (string folder in folders)
            Add(folder, text);
        return text.ToString();
    }

    private static void Add(string path, StringBuilder text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(path);
        Assert.True(LibC.TryStatx(LibC.CurrentDirectory, bytes, AtFlags.NoFollow, StatusMask.Basic, out FileStatus status, out Errno error), $"{path}: {error}");
        text.Append(CultureInfo.InvariantCulture, $"{path} {status.Inode} {status.Mode:x} {status.UserId} {status.GroupId} {status.LinkCount} {status.Size} {status.Blocks} ");
        text.Append(CultureInfo.InvariantCulture, $"{status.ModificationTime.Seconds}.{status.ModificationTime.Nanoseconds} {status.ChangeTime.Seconds}.{status.ChangeTime.Nanoseconds}");
        Assert.True(LibC.TryListExtendedAttributes(bytes, out byte[] names, out error), $"{path}: {error}");
        foreach (string name in Encoding.UTF8.GetString(names).Split('\0', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal))
        {
            Assert.True(LibC.TryGetExtendedAttribute(bytes, Encoding.UTF8.GetBytes(name), out byte[] value, out error), $"{path}: {error}");
            text.Append(CultureInfo.InvariantCulture, $" {name}={Convert.ToHexString(value)}");
        }

        if (status.IsRegular)
            text.Append(CultureInfo.InvariantCulture, $" {Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(path)))}");
        text.AppendLine();
        if (!status.IsDirectory)
            return;
        foreach (string child in Directory.EnumerateFileSystemEntries(path).Order(StringComparer.Ordinal))
            Add(child, text);
    }
}
