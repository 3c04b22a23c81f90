using System.Runtime.InteropServices;

namespace Overlay2.Storage.TestShared;

/// <summary>Memory with a page before and behind it that nobody can read: a read outside ends the process.</summary>
internal sealed unsafe partial class GuardedMemory : IDisposable
{
    private const int NoAccess = 0, ReadWrite = 3, PrivateAnonymous = 0x22;

    private readonly nint _start;
    private readonly int _page = Environment.SystemPageSize;

    public GuardedMemory(int pages)
    {
        Length = pages * _page;
        _start = Map(0, Length + 2 * _page, ReadWrite, PrivateAnonymous, -1, 0);
        if (_start == -1 || Protect(_start, _page, NoAccess) != 0 || Protect(_start + _page + Length, _page, NoAccess) != 0)
            throw new InvalidOperationException("no guarded memory");
    }

    public int Length { get; }

    /// <summary>Copies the text so that it ends where the memory ends.</summary>
    public Span<byte> PlaceAtEnd(ReadOnlySpan<byte> text) => Place(text, Length - text.Length);

    /// <summary>Copies the text so that it starts where the memory starts.</summary>
    public Span<byte> PlaceAtStart(ReadOnlySpan<byte> text) => Place(text, 0);

    public void Dispose() => _ = Unmap(_start, Length + 2 * _page);

    private Span<byte> Place(ReadOnlySpan<byte> text, int offset)
    {
        Span<byte> place = new Span<byte>((byte*)_start + _page, Length).Slice(offset, text.Length);
        text.CopyTo(place);
        return place;
    }

    [LibraryImport("libc", EntryPoint = "mmap")]
    private static partial nint Map(nint address, nint length, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "mprotect")]
    private static partial int Protect(nint address, nint length, int protection);

    [LibraryImport("libc", EntryPoint = "munmap")]
    private static partial int Unmap(nint address, nint length);
}
