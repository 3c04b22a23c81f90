using System.Diagnostics.CodeAnalysis;
using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.Simulation;

/// <summary>An object of a layer that lies outside the simulator, such as in a directory on disk.</summary>
/// <remarks>The simulator asks when an operation needs the answer, remembers it, and keeps all changes to itself. What a source cannot
/// read it leaves out. Two objects of one file system with the same <see cref="SourceStatus.InodeNumber"/> are one object.</remarks>
public interface ISourceObject
{
    /// <summary>What stat(2) tells of the object.</summary>
    SourceStatus ReadStatus();

    /// <summary>Finds an entry of a directory.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="found">The entry.</param>
    bool TryFind(ByteString name, [MaybeNullWhen(false)] out ISourceObject found);

    /// <summary>All entries of a directory, in any order.</summary>
    IEnumerable<KeyValuePair<ByteString, ISourceObject>> ReadEntries();

    /// <summary>The names of the entries of a directory, which asks nothing of the entries themselves; the simulator may ask for them often.</summary>
    IEnumerable<ByteString> ReadNames();

    /// <summary>All extended attributes by full name, the marks of overlayfs and ACLs (system.posix_acl_access) among them.</summary>
    IEnumerable<KeyValuePair<ByteString, byte[]>> ReadAttributes();

    /// <summary>The ranges of a regular file that hold data, in bytes, in order; the rest is a hole.</summary>
    IEnumerable<LayerRange> ReadDataRanges();

    /// <summary>Reads from a regular file; what lies behind its end reads as zeros.</summary>
    /// <param name="offset">Where, in bytes.</param>
    /// <param name="buffer">What is filled.</param>
    void Read(long offset, Span<byte> buffer);

    /// <summary>The file handle (name_to_handle_at(2)), as origins in upper layers hold it; <see langword="null"/> where there is none.</summary>
    SourceHandle? ReadHandle();
}
