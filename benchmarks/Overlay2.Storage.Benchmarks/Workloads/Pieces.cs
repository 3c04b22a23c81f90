using System.Buffers;

namespace Overlay2.Storage.Benchmarks.Workloads;

/// <summary>A text in pieces, as a pipe hands it over.</summary>
internal sealed class Pieces : ReadOnlySequenceSegment<byte>
{
    private Pieces(ReadOnlyMemory<byte> piece, long before)
    {
        Memory = piece;
        RunningIndex = before;
    }

    /// <summary>Cuts a text, which has at least one byte.</summary>
    public static ReadOnlySequence<byte> Cut(ReadOnlyMemory<byte> text, int pieceLength)
    {
        var first = new Pieces(text[..Math.Min(pieceLength, text.Length)], 0);
        Pieces last = first;
        for (int offset = pieceLength; offset < text.Length; offset += pieceLength)
        {
            var next = new Pieces(text.Slice(offset, Math.Min(pieceLength, text.Length - offset)), offset);
            last.Next = next;
            last = next;
        }

        return new(first, 0, last, last.Memory.Length);
    }
}
