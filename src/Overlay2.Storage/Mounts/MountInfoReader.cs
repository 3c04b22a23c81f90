using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Overlay2.Storage.Mounts;

/// <summary>Reads the text of /proc/[pid]/mountinfo forward, line by line, without allocating.</summary>
/// <remarks>
/// <para>Any bytes may be given: no padding and no final newline are needed, nothing is read outside the span, and every field
/// is a view of the text, still escaped (see <see cref="Bytes.OctalEscape"/>). Numbers are decoded when asked for.</para>
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
    private MountInfoLine _line;
    private MountInfoError _error;

    /// <summary>Newlines counted so far for error positions, and up to where, so that many bad lines stay linear.</summary>
    private long _countedNewlines;
    private int _countedTo;

    /// <summary>Starts before the first line.</summary>
    /// <param name="mountInfo">The text; it must not change while it is read.</param>
    public MountInfoReader(ReadOnlySpan<byte> mountInfo) => _text = mountInfo;

    /// <summary>Why the last line was bad; <see cref="MountInfoErrorReason.None"/> unless <see cref="TryRead()"/> answered
    /// <see cref="MountInfoStatus.BadLine"/>.</summary>
    public readonly MountInfoError Error => _error;

    /// <summary>Goes to the next line.</summary>
    /// <returns><see langword="false"/> at the end.</returns>
    /// <exception cref="MountInfoFormatException">The line has no separator or too few fields. The next call goes on behind it.</exception>
    public bool Read()
    {
        MountInfoStatus status = TryRead();
        if (status == MountInfoStatus.BadLine)
            Throw(_error);
        return status == MountInfoStatus.Entry;
    }

    /// <summary>Goes to the next line, and passes over a bad one.</summary>
    /// <returns>Whether there are fields to ask for, the text is at its end, or the line was bad (see <see cref="Error"/>). After
    /// a bad line the next call goes on behind it. All fields are empty unless a line was read.</returns>
    public MountInfoStatus TryRead()
    {
        _error = default;
        int start = _next;
        if (start == _text.Length)
        {
            _line.Length = 0;
            return MountInfoStatus.End;
        }

        MountInfoErrorReason reason = _line.Parse(_text, start, out int end, out MountInfoField field);
        _next = end == _text.Length ? end : end + 1;
        if (reason == MountInfoErrorReason.None)
            return MountInfoStatus.Entry;

        CountNewlines(start);
        _error = CreateError(end, field, reason);
        _line.Length = 0;
        return MountInfoStatus.BadLine;
    }

    /// <summary>Goes to the next line whose file system type is exactly <c>overlay</c>; others, bad ones too, are skipped.</summary>
    /// <returns><see langword="false"/> at the end.</returns>
    public bool ReadOverlay()
    {
        while (true)
        {
            MountInfoStatus status = TryRead();
            if (status == MountInfoStatus.End)
                return false;
            if (status == MountInfoStatus.Entry && FileSystemType.SequenceEqual("overlay"u8))
                return true;
        }
    }

    /// <summary>Counts the lines only when an error asks for their number, so that good lines pay nothing.</summary>
    private readonly MountInfoError CreateError(int offset, MountInfoField field, MountInfoErrorReason reason) =>
        new(_countedNewlines + _text[_countedTo..offset].Count((byte)'\n') + 1L, offset, field, reason);

    private void CountNewlines(int to)
    {
        _countedNewlines += _text[_countedTo..to].Count((byte)'\n');
        _countedTo = to;
    }

    [DoesNotReturn]
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Throw(MountInfoError error) => throw new MountInfoFormatException(error);
}
