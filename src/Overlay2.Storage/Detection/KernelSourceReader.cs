using System.Collections.Immutable;
using System.IO.Compression;
using System.Text;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Interop;

namespace Overlay2.Storage.Detection;

/// <summary>Reads the sources below a root directory, each up to a bound, and writes down what became of each.</summary>
internal sealed class KernelSourceReader(RootedDirectory root)
{
    private readonly ImmutableArray<KernelSource>.Builder _sources = ImmutableArray.CreateBuilder<KernelSource>();

    public ImmutableArray<KernelSource> Sources => _sources.ToImmutable();

    /// <summary>The text of a file, byte for byte as Latin-1; <see langword="null"/> if it could not be read.</summary>
    public string? ReadText(string path, int maxLength, out KernelSource source)
    {
        bool isRead = BoundedFile.TryRead(root, Encoding.UTF8.GetBytes(path), maxLength, out byte[] content, out Errno error);
        source = Note(path, error);
        return isRead ? Encoding.Latin1.GetString(content) : null;
    }

    public string? ReadText(string path, int maxLength) => ReadText(path, maxLength, out _);

    /// <summary>The text of a gzip file, of which at most so much is unpacked; <see langword="null"/> if it could not be read.</summary>
    public string? ReadCompressedText(string path, int maxLength)
    {
        if (!BoundedFile.TryRead(root, Encoding.UTF8.GetBytes(path), maxLength, out byte[] content, out Errno error))
        {
            Note(path, error);
            return null;
        }

        try
        {
            using var unpacked = new GZipStream(new MemoryStream(content), CompressionMode.Decompress);
            byte[] buffer = new byte[maxLength + 1];
            int length = unpacked.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
            Note(path, length > maxLength ? Errno.EFBIG : default);
            return length > maxLength ? null : Encoding.Latin1.GetString(buffer, 0, length);
        }
        catch (InvalidDataException)
        {
            Note(path, Errno.EBADMSG);
            return null;
        }
    }

    /// <summary>The names in a directory, at most so many; <see langword="null"/> if it could not be read.</summary>
    public ImmutableArray<string>? ReadNames(string path, int maxCount)
    {
        using DirectoryReader directory = DirectoryReader.Open(root, Encoding.UTF8.GetBytes(path), LinkRule.FollowInside);
        var names = ImmutableArray.CreateBuilder<string>();
        while (names.Count < maxCount && directory.Read())
            names.Add(Encoding.Latin1.GetString(directory.Name));
        Note(path, directory.Error);
        return directory.Error.IsError ? null : names.ToImmutable();
    }

    /// <summary>Whether a directory is there to be read: what is missing in it is then missing indeed.</summary>
    public bool Exists(string path)
    {
        bool isOpen = root.TryOpenFile(Encoding.UTF8.GetBytes(path), OpenFlags.Path | OpenFlags.Directory, LinkRule.FollowInside, out var opened, out Errno error);
        opened.Dispose();
        Note(path, error);
        return isOpen;
    }

    private KernelSource Note(string path, Errno error)
    {
        KernelSourceStatus status = !error.IsError
            ? KernelSourceStatus.Read
            : error == Errno.ENOENT || error == Errno.ENOTDIR ? KernelSourceStatus.Absent : KernelSourceStatus.Unreadable;
        var source = new KernelSource(BytePath.FromText("/" + path), status, error.IsError ? error.ToString() : "");
        _sources.Add(source);
        return source;
    }
}
