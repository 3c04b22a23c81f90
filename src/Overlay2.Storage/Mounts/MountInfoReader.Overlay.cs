using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.Mounts;

/// <content>Finding overlay lines without parsing the others.</content>
public ref partial struct MountInfoReader
{
    /// <summary>The window of a pair search, and the bytes that the second half of the pair is behind the first.</summary>
    private const int PairWindowLength = ByteWindow.Length + 2;

    internal bool ReadOverlay<TWindow>()
        where TWindow : struct, IByteWindow
    {
        // Every line of type overlay has this text, but not every line with this text is of that type: such a line is parsed.
        while (true)
        {
            int found = IndexOfOverlay<TWindow>(_next);
            if (found < 0)
            {
                _next = _text.Length;
                TryReadByByte();
                return false;
            }

            _next += _text[_next..found].LastIndexOf((byte)'\n') + 1;
            if (TryRead<TWindow>() == MountInfoStatus.Entry && FileSystemType.SequenceEqual("overlay"u8))
                return true;
        }
    }

    /// <summary>The offset of the next <c> - overlay </c>; negative if there is none.</summary>
    private readonly int IndexOfOverlay<TWindow>(int offset)
        where TWindow : struct, IByteWindow
    {
        ref byte text = ref MemoryMarshal.GetReference(_text);
        int length = _text.Length;
        for (; offset <= length - PairWindowLength; offset += ByteWindow.Length)
        {
            // "-" and "o" of " - overlay ": one pair in two lines of a busy host, or less.
            ulong pairs = TWindow.FindPair(in Unsafe.Add(ref text, offset), (byte)'-', (byte)'o');
            for (; pairs != 0; pairs &= pairs - 1)
            {
                int start = offset + BitOperations.TrailingZeroCount(pairs) - 1;
                if (start >= 0 && _text[start..].StartsWith(" - overlay "u8))
                    return start;
            }
        }

        int from = Math.Max(offset - 1, 0);
        if (from >= length)
            return -1;
        int tail = _text[from..].IndexOf(" - overlay "u8);
        return tail < 0 ? -1 : from + tail;
    }
}
