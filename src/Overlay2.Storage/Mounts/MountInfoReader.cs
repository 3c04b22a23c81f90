using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.Mounts;

/// <summary>Reads the text of /proc/[pid]/mountinfo forward, line by line, without allocating.</summary>
/// <remarks>
/// <para>Any bytes may be given: no padding and no final newline are needed, nothing is read outside the span, and every field
/// is a view of the text, still escaped (see <see cref="OctalEscape"/>). Numbers are decoded when asked for.</para>
/// <para>Single spaces separate fields. The first lone hyphen from the seventh field on ends the optional fields. The source may
/// be empty. The super options run to the newline: some file systems print spaces there. Carriage returns, other control bytes
/// and NUL are bytes like others.</para>
/// <para>Not thread-safe; a copy goes its own way from where it was made.</para>
/// <para>Source: proc_pid_mountinfo(5), and lines that Linux 6.18 printed.</para>
/// </remarks>
[StructLayout(LayoutKind.Auto)]
public ref partial struct MountInfoReader
{
    private readonly ReadOnlySpan<byte> _text;
    private int _next;

    /// <summary>The first byte of the line.</summary>
    private ref byte _start;

    private MountInfoLine _line;
    private MountInfoError _error;

    /// <summary>Newlines counted so far for error positions, and up to where, so that many bad lines stay linear.</summary>
    private long _countedNewlines;
    private int _countedTo;

    /// <summary>Bytes of the whole text before the given part.</summary>
    private readonly long _bytesBefore;

    /// <summary>Starts before the first line.</summary>
    /// <param name="mountInfo">The text; it must not change while it is read.</param>
    public MountInfoReader(ReadOnlySpan<byte> mountInfo) => _text = mountInfo;

    /// <summary>Starts before a line within a text of which only a part is given.</summary>
    /// <param name="part">The part, from the start of a line.</param>
    /// <param name="linesBefore">How many lines lie before the part.</param>
    /// <param name="bytesBefore">How many bytes lie before the part.</param>
    internal MountInfoReader(ReadOnlySpan<byte> part, long linesBefore, long bytesBefore)
    {
        _text = part;
        _countedNewlines = linesBefore;
        _bytesBefore = bytesBefore;
    }

    /// <summary>Why the last line was bad; <see cref="MountInfoErrorReason.None"/> unless <see cref="TryRead()"/> answered
    /// <see cref="MountInfoStatus.BadLine"/>.</summary>
    public readonly MountInfoError Error => _line.Length == 0 ? _error : default;

    /// <summary>Goes to the next line.</summary>
    /// <returns><see langword="false"/> at the end.</returns>
    /// <exception cref="MountInfoFormatException">The line has no separator or too few fields. The next call goes on behind it.</exception>
    public bool Read()
    {
        if (TryReadByWindows())
            return true;
        MountInfoStatus status = TryReadByByte();
        if (status == MountInfoStatus.BadLine)
            Throw(_error);
        return status == MountInfoStatus.Entry;
    }

    /// <summary>Goes to the next line, and passes over a bad one.</summary>
    /// <returns>Whether there are fields to ask for, the text is at its end, or the line was bad (see <see cref="Error"/>). After
    /// a bad line the next call goes on behind it. All fields are empty unless a line was read.</returns>
    public MountInfoStatus TryRead() => TryReadByWindows() ? MountInfoStatus.Entry : TryReadByByte();

    /// <summary>Goes to the next line whose file system type is exactly <c>overlay</c>; others, bad ones too, are skipped.</summary>
    /// <returns><see langword="false"/> at the end.</returns>
    public bool ReadOverlay()
    {
        if (ByteWindow512.IsSupported)
            return ReadOverlay<ByteWindow512>();
        if (ByteWindow256.IsSupported)
            return ReadOverlay<ByteWindow256>();
        return ByteWindow128.IsSupported ? ReadOverlay<ByteWindow128>() : ReadOverlay<ByteWindowScalar>();
    }

    internal MountInfoStatus TryRead<TWindow>()
        where TWindow : struct, IByteWindow => TryReadByWindows<TWindow>() ? MountInfoStatus.Entry : TryReadByByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool TryReadByWindows()
    {
        if (ByteWindow512.IsSupported)
            return TryReadByWindows<ByteWindow512>();
        if (ByteWindow256.IsSupported)
            return TryReadByWindows<ByteWindow256>();
        return ByteWindow128.IsSupported ? TryReadByWindows<ByteWindow128>() : TryReadByWindows<ByteWindowScalar>();
    }

    private bool TryReadByWindows<TWindow>()
        where TWindow : struct, IByteWindow
    {
        int start = _next;
        if (start >= _text.Length)
            return false;
        ref byte line = ref Unsafe.Add(ref MemoryMarshal.GetReference(_text), (nuint)(uint)start);
        _start = ref line;
        int length = _line.Parse<TWindow>(ref line, _text.Length - start);
        if (length < 0)
            return false;
        _line.Length = length;
        _next = start + length + 1;
        return true;
    }

    private MountInfoStatus TryReadByByte()
    {
        int start = _next;
        _error = default;
        if (start >= _text.Length)
        {
            _line = default;
            return MountInfoStatus.End;
        }

        int length = _text[start..].IndexOf((byte)'\n');
        ReadOnlySpan<byte> line = length < 0 ? _text[start..] : _text.Slice(start, length);
        _start = ref MemoryMarshal.GetReference(line);
        _next = start + line.Length + 1;
        MountInfoErrorReason reason = _line.Parse(line, out MountInfoField missing);
        if (reason == MountInfoErrorReason.None)
            return MountInfoStatus.Entry;

        CountNewlines(start);
        _error = CreateError(start + line.Length, missing, reason);
        _line = default;
        return MountInfoStatus.BadLine;
    }

    /// <summary>Counts the lines only when an error asks for their number, so that good lines pay nothing.</summary>
    private readonly MountInfoError CreateError(int offset, MountInfoField field, MountInfoErrorReason reason) =>
        new(_countedNewlines + _text[_countedTo..offset].Count((byte)'\n') + 1L, _bytesBefore + offset, field, reason);

    private void CountNewlines(int to)
    {
        _countedNewlines += _text[_countedTo..to].Count((byte)'\n');
        _countedTo = to;
    }

    [DoesNotReturn]
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Throw(MountInfoError error) => throw new MountInfoFormatException(error);
}
