using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Overlay2.Storage.Mounts;

public ref partial struct MountInfoReader
{
    /// <summary>The whole line without its newline.</summary>
    public readonly ReadOnlySpan<byte> Line => Slice(0, _line.Length);

    /// <summary>The path within the file system that forms the root of the mount, escaped; not always a path (<c>net:[4026532569]</c>).</summary>
    public readonly ReadOnlySpan<byte> Root => Slice(_line.Ends[2], _line.Ends[3] - 1);

    /// <summary>The path of the mount point relative to the root directory of the process, escaped.</summary>
    public readonly ReadOnlySpan<byte> MountPoint => Slice(_line.Ends[3], _line.Ends[4] - 1);

    /// <summary>The options of the mount itself, separated by commas.</summary>
    public readonly ReadOnlySpan<byte> Options => Slice(_line.Ends[4], _line.Ends[5] - 1);

    /// <summary>The optional fields, tag or tag:value, separated by spaces; empty if there are none.</summary>
    public readonly ReadOnlySpan<byte> OptionalFields => Slice(_line.Ends[5], EndOf(0) - 1);

    /// <summary>The type of the file system, escaped, with its subtype after a dot if it has one.</summary>
    public readonly ReadOnlySpan<byte> FileSystemType => Slice(EndOf(1), EndOf(2) - 1);

    /// <summary>What was mounted, escaped; any text, may be empty.</summary>
    public readonly ReadOnlySpan<byte> Source => Slice(EndOf(2), EndOf(3) - 1);

    /// <summary>The options of the super block, up to the end of the line; each value escaped by the rules of its file system.</summary>
    public readonly ReadOnlySpan<byte> SuperOptions => Slice(EndOf(3), _line.Length);

    /// <summary>The offset behind a field, counted from the last one before the separator.</summary>
    private readonly int EndOf(int field) => Unsafe.Add(ref Unsafe.AsRef(in _line.Ends[0]), _line.BeforeSeparator + field);

    /// <summary>Bytes of the line. Not checked again: both places were found in this text, or are 0 where there is no line.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly ReadOnlySpan<byte> Slice(int from, int to) => MemoryMarshal.CreateReadOnlySpan(
        in Unsafe.Add(ref _start, (nuint)(uint)from), Math.Max(0, to - from));
}
