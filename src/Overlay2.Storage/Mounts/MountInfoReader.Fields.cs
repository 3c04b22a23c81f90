using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Overlay2.Storage.Mounts;

public ref partial struct MountInfoReader
{
    /// <summary>The whole line without its newline.</summary>
    public readonly ReadOnlySpan<byte> Line => MemoryMarshal.CreateReadOnlySpan(in _start, _line.Length);

    /// <summary>The path within the file system that forms the root of the mount, escaped; not always a path (<c>net:[4026532569]</c>).</summary>
    public readonly ReadOnlySpan<byte> Root => Slice(_line.Ends[2], _line.Ends[3]);

    /// <summary>The path of the mount point relative to the root directory of the process, escaped.</summary>
    public readonly ReadOnlySpan<byte> MountPoint => Slice(_line.Ends[3], _line.Ends[4]);

    /// <summary>The options of the mount itself, separated by commas.</summary>
    public readonly ReadOnlySpan<byte> Options => Slice(_line.Ends[4], _line.Ends[5]);

    /// <summary>The optional fields, tag or tag:value, separated by spaces; empty if there are none.</summary>
    public readonly ReadOnlySpan<byte> OptionalFields => _line.BeforeSeparator > MountInfoLine.MountOptions ? Slice(_line.Ends[5], EndOf(0)) : default;

    /// <summary>The type of the file system, escaped, with its subtype after a dot if it has one.</summary>
    public readonly ReadOnlySpan<byte> FileSystemType => Slice(EndOf(1), EndOf(2));

    /// <summary>What was mounted, escaped; any text, may be empty.</summary>
    public readonly ReadOnlySpan<byte> Source => Slice(EndOf(2), EndOf(3));

    /// <summary>The options of the super block, up to the end of the line; each value escaped by the rules of its file system.</summary>
    public readonly ReadOnlySpan<byte> SuperOptions => Slice(EndOf(3), _line.Length + _line.Space);

    /// <summary>The offset behind a field and its space, counted from the last one before the separator.</summary>
    private readonly int EndOf(nint field) => Unsafe.Add(ref Unsafe.AsRef(in _line.Ends[0]), _line.BeforeSeparator + field);

    /// <summary>The bytes of a field. Not checked again: both places were found in this line, or are 0 where there is none.</summary>
    /// <param name="from">Where the field starts.</param>
    /// <param name="end">The offset behind the field and its space.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly ReadOnlySpan<byte> Slice(int from, int end) => MemoryMarshal.CreateReadOnlySpan(
        in Unsafe.Add(ref _start, (nuint)(uint)from), end - from - _line.Space);
}
