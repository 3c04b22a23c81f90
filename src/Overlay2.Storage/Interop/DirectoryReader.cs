using System.Buffers;
using Microsoft.Win32.SafeHandles;

namespace Overlay2.Storage.Interop;

/// <summary>Reads the names in a directory, in the order that it gives them; <c>.</c> and <c>..</c> are left out.</summary>
/// <remarks>
/// Nothing is allocated for a name. Where names are removed meanwhile, or work between two of them takes long, it is asked for a part at a time:
/// as long as it <see cref="HasMoreAtHand"/>. To be disposed where it was made, and not to be copied.
/// </remarks>
internal ref struct DirectoryReader : IDisposable
{
    private const int BufferLength = 1 << 15;

    private readonly SafeFileHandle _directory;
    private readonly bool _isOwned;
    private byte[]? _buffer;
    private DirectoryRecords _records;

    /// <summary>Reads an open directory on from where it stands; it stays open.</summary>
    /// <param name="directory">The directory, opened for reading.</param>
    public DirectoryReader(SafeFileHandle directory) => _directory = directory;

    private DirectoryReader(SafeFileHandle opened, Errno error)
        : this(opened) => (_isOwned, Error) = (true, error);

    /// <summary>The name, until the next is read.</summary>
    public readonly ReadOnlySpan<byte> Name => _records.Name;

    /// <summary>The type (DT_DIR and so on): the upper four bits of a mode, or 0 where the file system does not say.</summary>
    public readonly byte Type => _records.Type;

    /// <summary>Whether there are records yet of those that the kernel gave with the last name.</summary>
    public readonly bool HasMoreAtHand => _records.HasMore;

    /// <summary>Why the directory could not be opened or read to its end.</summary>
    public Errno Error { get; private set; }

    /// <summary>Opens a directory by an ordinary walk; where that fails, it has an error and no names.</summary>
    public static DirectoryReader Open(ReadOnlySpan<byte> path)
    {
        LibC.TryOpen(path, OpenFlags.ReadOnly | OpenFlags.Directory, out SafeFileHandle directory, out Errno error);
        return new DirectoryReader(directory, error);
    }

    /// <summary>Opens a directory below another; where that fails, it has an error and no names.</summary>
    public static DirectoryReader Open(RootedDirectory root, ReadOnlySpan<byte> path, LinkRule links)
    {
        root.TryOpenToRead(path, OpenFlags.Directory, links, out SafeFileHandle directory, out Errno error);
        return new DirectoryReader(directory, error);
    }

    /// <summary>Moves on to the next name.</summary>
    /// <returns><see langword="false"/> at the end, and where there is an error.</returns>
    public bool Read()
    {
        while (!Error.IsError)
        {
            if (_records.MoveNext())
                return true;
            _buffer ??= ArrayPool<byte>.Shared.Rent(BufferLength);
            LibC.TryReadDirectory(_directory, _buffer, out int length, out Errno error);
            Error = error;
            if (length <= 0)
                return false;
            _records = new DirectoryRecords(_buffer.AsSpan(0, length));
        }

        return false;
    }

    public void Dispose()
    {
        if (_buffer is { } buffer)
            ArrayPool<byte>.Shared.Return(buffer);
        _buffer = null;
        if (_isOwned)
            _directory.Dispose();
    }
}
