using System.Buffers.Binary;
using Overlay2.Storage.Engines.Bolt;
using Overlay2.Storage.Engines.Files;

namespace Overlay2.Storage.Fuzz.Targets;

/// <summary>Any file is a database or gives a typed error, in the walk and in searches.</summary>
internal static class BoltTarget
{
    private const int MetaLength = 64;
    private const int HeaderLength = 16;

    public static void Run(byte[] input)
    {
        Seal(input);
        if (BoltDatabase.TryRead(new MemorySource(input), Walk, out _, out BoltError? error) == (error is not null))
            throw new InvalidOperationException("An answer and an error, or neither.");
    }

    /// <summary>Puts right checksums on both meta pages, which a fuzzer does not find by itself.</summary>
    internal static void Seal(byte[] input)
    {
        if (input.Length < HeaderLength + MetaLength)
            return;

        int pageSize = BinaryPrimitives.ReadInt32LittleEndian(input.AsSpan(HeaderLength + 8));
        foreach (int page in (int[])[0, pageSize])
        {
            if (page < 0 || page > input.Length - HeaderLength - MetaLength)
                continue;
            Span<byte> members = input.AsSpan(page + HeaderLength, MetaLength);
            BinaryPrimitives.WriteUInt64LittleEndian(members[56..], BoltMeta.Checksum(members[..56]));
        }
    }

    private static long Walk(BoltBucket bucket) => Walk(bucket, 0);

    private static long Walk(BoltBucket bucket, int depth)
    {
        const int MostBuckets = 100;
        long bytes = 0;
        foreach (BoltEntry entry in bucket.Entries())
        {
            bytes += entry.Value.Length;

            // Branch keys that lie can lead a search astray, but only to another answer.
            _ = entry.Bucket is null ? bucket.TryGetValue(entry.Key.Span, out _) : bucket.TryGetBucket(entry.Key.Span, out _);
            if (entry.Bucket is { } inner && depth < MostBuckets)
                bytes += Walk(inner, depth + 1);
        }

        return bytes;
    }
}
