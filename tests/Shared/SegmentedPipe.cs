using System.Buffers;
using System.IO.Pipelines;

namespace Overlay2.Storage.TestShared;

/// <summary>A pipe that holds a text in pieces. It never waits, so that what reads it is done when it returns.</summary>
internal static class SegmentedPipe
{
    /// <summary>Cuts the text into pieces of these lengths and a last one with the rest.</summary>
    public static PipeReader Create(byte[] text, IEnumerable<int> lengths)
    {
        Segment? first = null;
        Segment? last = null;
        ReadOnlyMemory<byte> rest = text;
        foreach (int wanted in lengths)
        {
            int length = Math.Min(wanted, rest.Length);
            Append(rest[..length]);
            rest = rest[length..];
        }

        Append(rest);
        return PipeReader.Create(new ReadOnlySequence<byte>(first!, 0, last!, last!.Memory.Length));

        void Append(ReadOnlyMemory<byte> memory)
        {
            last = new Segment(memory, last);
            first ??= last;
        }
    }

    /// <summary>Gets the result of reading such a pipe.</summary>
    public static void Finish(Task reading)
    {
        if (!reading.IsCompleted)
            throw new InvalidOperationException("Reading waits for more than the whole text.");
        reading.GetAwaiter().GetResult();
    }

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public Segment(ReadOnlyMemory<byte> memory, Segment? before)
        {
            Memory = memory;
            if (before is null)
                return;
            RunningIndex = before.RunningIndex + before.Memory.Length;
            before.Next = this;
        }
    }
}
