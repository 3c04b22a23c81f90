using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.Tests.Engines;

/// <summary>A directory of its own below the system's temporary one, removed at the end.</summary>
internal sealed partial class TemporaryTree : IDisposable
{
    private readonly List<byte[]> _byteNames = [];

    public TemporaryTree() => Root = Directory.CreateTempSubdirectory("overlay2-stores-").FullName;

    public string Root { get; }

    public BytePath Path => BytePath.FromText(Root);

    public string this[string path] => System.IO.Path.Combine(Root, path);

    public TemporaryTree WithDirectory(string path)
    {
        Directory.CreateDirectory(this[path]);
        return this;
    }

    public TemporaryTree WithFile(string path, string content) => WithFile(path, Encoding.UTF8.GetBytes(content));

    public TemporaryTree WithFile(string path, byte[] content)
    {
        WithDirectory(System.IO.Path.GetDirectoryName(path)!);
        File.WriteAllBytes(this[path], content);
        return this;
    }

    public TemporaryTree WithSparseFile(string path, long length)
    {
        WithDirectory(System.IO.Path.GetDirectoryName(path)!);
        using FileStream file = File.Create(this[path]);
        file.SetLength(length);
        return this;
    }

    public TemporaryTree WithLink(string path, string target)
    {
        WithDirectory(System.IO.Path.GetDirectoryName(path)!);
        File.CreateSymbolicLink(this[path], target);
        return this;
    }

    public TemporaryTree WithFifo(string path)
    {
        WithDirectory(System.IO.Path.GetDirectoryName(path)!);
        Assert.Equal(0, mkfifo(this[path], 0x180));
        return this;
    }

    /// <summary>Takes away a directory with everything in it, a file or a link.</summary>
    public TemporaryTree Without(string path)
    {
        if (Directory.Exists(this[path]) && new FileInfo(this[path]).LinkTarget is null)
            Directory.Delete(this[path], recursive: true);
        else
            File.Delete(this[path]);
        return this;
    }

    /// <summary>An empty file with a name that need not be text.</summary>
    public TemporaryTree WithByteName(string directory, byte[] name)
    {
        WithDirectory(directory);
        _byteNames.Add([.. Encoding.UTF8.GetBytes(this[directory] + "/"), .. name, 0]);
        int file = open(_byteNames[^1], 0x41, 0x180);
        Assert.NotEqual(-1, file);
        Assert.Equal(0, close(file));
        return this;
    }

    /// <summary>Makes the directories, files and links of a recorded tree; files whose content was not recorded become sparse, devices become fifos.</summary>
    public TemporaryTree WithRecorded(ReadOnlyMemory<byte> json, string below = "")
    {
        using JsonDocument document = JsonDocument.Parse(json);
        foreach (JsonElement entry in document.RootElement.GetProperty("entries").EnumerateArray())
        {
            string path = System.IO.Path.Combine(below, entry.GetProperty("path").GetString()!);
            switch (entry.GetProperty("type").GetString())
            {
                case "dir":
                    WithDirectory(path);
                    break;
                case "symlink":
                    WithLink(path, entry.GetProperty("target").GetString()!);
                    break;
                case "file" when entry.TryGetProperty("text", out JsonElement text):
                    WithFile(path, text.GetString()!);
                    break;
                case "file" when entry.TryGetProperty("base64", out JsonElement bytes):
                    WithFile(path, bytes.GetBytesFromBase64());
                    break;
                case "file":
                    WithSparseFile(path, entry.GetProperty("size").GetInt64());
                    break;
                default:
                    WithFifo(path);
                    break;
            }
        }

        return this;
    }

    public void Dispose()
    {
        // The framework's own removal cannot name these.
        foreach (byte[] path in _byteNames)
            _ = unlink(path);
        Directory.Delete(Root, recursive: true);
    }

    [LibraryImport("libc")]
    private static partial int open(byte[] path, int flags, uint mode);

    [LibraryImport("libc")]
    private static partial int close(int file);

    [LibraryImport("libc")]
    private static partial int unlink(byte[] path);

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int mkfifo(string path, uint mode);
}
