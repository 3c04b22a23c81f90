using System.Diagnostics.CodeAnalysis;
using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.Engines.Files;

/// <summary>The seam to the machine: a directory tree that is only read, on disk or recorded.</summary>
/// <remarks>
/// Paths are relative to the tree's root. No symbolic link is followed and nothing outside the root is reached: a path that would do so is
/// a problem. No call blocks on a fifo or device. Thread-safe.
/// </remarks>
internal interface IFileTree
{
    /// <summary>The whole content of a regular file of at most <paramref name="maxLength"/> bytes.</summary>
    bool TryRead(BytePath path, int maxLength, out ByteString content, [NotNullWhen(false)] out StoreProblem? problem);

    /// <summary>The entries of a directory in the order of their bytes; up to the limit also where the answer is a problem.</summary>
    bool TryList(BytePath directory, int maxEntries, out IReadOnlyList<FileTreeEntry> entries, [NotNullWhen(false)] out StoreProblem? problem);

    /// <summary>Where a symbolic link leads, as it is written.</summary>
    bool TryReadLink(BytePath path, out BytePath target, [NotNullWhen(false)] out StoreProblem? problem);

    /// <summary>Type, times and attributes of a file, not following it.</summary>
    bool TryGetStatus(BytePath path, out FileTreeStatus status, [NotNullWhen(false)] out StoreProblem? problem);

    /// <summary>The extended attribute of a directory or regular file; <see langword="null"/> where there is none.</summary>
    bool TryGetExtendedAttribute(BytePath path, ByteString name, out ByteString? value, [NotNullWhen(false)] out StoreProblem? problem);

    /// <summary>A regular file of at most <paramref name="maxLength"/> bytes for reading here and there.</summary>
    bool TryOpen(BytePath path, long maxLength, [NotNullWhen(true)] out IByteSource? source, [NotNullWhen(false)] out StoreProblem? problem);
}
