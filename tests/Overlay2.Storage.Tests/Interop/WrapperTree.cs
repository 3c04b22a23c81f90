using System.Text;
using Microsoft.Win32.SafeHandles;
using Overlay2.Storage.Interop;
using Overlay2.Storage.Tests.Engines;

namespace Overlay2.Storage.Tests.Interop;

/// <summary>What the wrappers of native calls are called with: a directory with a file, a directory and a link, and a file that is not open.</summary>
internal sealed class WrapperTree : IDisposable
{
    private readonly TemporaryTree _tree = new TemporaryTree().WithFile("file", "content").WithDirectory("empty").WithLink("link", "file");

    public WrapperTree()
    {
        Assert.True(LibC.TryOpen(Path(""), OpenFlags.ReadOnly | OpenFlags.Directory, out SafeFileHandle root, out _));
        Root = root;
        Assert.True(LibC.TryOpen(Path("file"), OpenFlags.ReadWrite, out SafeFileHandle file, out _));
        File = file;
        HasAttributes = LibC.SetExtendedAttribute(file, "user.there"u8, "1"u8) == default;
    }

    /// <summary>The directory.</summary>
    public SafeFileHandle Root { get; }

    /// <summary>Its <c>file</c>, for reading and writing.</summary>
    public SafeFileHandle File { get; }

    /// <summary>Whether the file has the attribute <c>user.there</c>.</summary>
    public bool HasAttributes { get; }

    /// <summary>The number of no open file.</summary>
    public SafeFileHandle Closed { get; } = new(1 << 24, ownsHandle: false);

    public byte[] Path(string name) => Encoding.UTF8.GetBytes(_tree[name]);

    /// <summary>Everything that a call could change: names, types, modes, owners, sizes, room, targets, attributes, content.</summary>
    public string Look()
    {
        var text = new StringBuilder();
        foreach (string path in Directory.EnumerateFileSystemEntries(_tree.Root, "*", SearchOption.AllDirectories).Append(_tree.Root).Order(StringComparer.Ordinal))
        {
            byte[] bytes = Encoding.UTF8.GetBytes(path);
            Assert.True(LibC.TryStatx(LibC.CurrentDirectory, bytes, AtFlags.NoFollow, StatusMask.Basic, out FileStatus status, out _));
            LibC.TryListExtendedAttributes(bytes, out byte[] names, out _);
            text.AppendLine(string.Join(
                ' ', path, status.Mode, status.UserId, status.GroupId, status.IsDirectory ? 0 : status.Size, status.Blocks, Encoding.UTF8.GetString(names).Replace('\0', ','),
                status.IsRegular ? System.IO.File.ReadAllText(path) : new FileInfo(path).LinkTarget));
        }

        return text.ToString();
    }

    public void Dispose()
    {
        File.Dispose();
        Root.Dispose();
        _tree.Dispose();
    }
}
