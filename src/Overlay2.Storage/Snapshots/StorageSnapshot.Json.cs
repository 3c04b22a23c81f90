using System.IO.Compression;

namespace Overlay2.Storage.Snapshots;

public sealed partial record StorageSnapshot
{
    /// <summary>The most bytes that <see cref="Load"/> reads unless told otherwise, decompressed: 128 MiB, of a host with some 50,000 layers.</summary>
    public const int DefaultMaxLength = 128 << 20;

    /// <summary>Writes the snapshot as JSON in UTF-8, with <c>"formatVersion":1</c> first.</summary>
    /// <remarks>
    /// Secrets are always left out of every part (<c>REDACTED</c>): what a telling name stands before, credentials by their form, and values of variables, flags
    /// and options that are not known to be harmless; docs/secrets.md has the rules. Members that came from a file of a newer version are written again. Bytes that are not UTF-8 are written as
    /// <c>{"base64":"…"}</c>, mounts as lines of mountinfo; of those <see cref="Mounts.MountEntry.UniqueId"/> is not kept.
    /// </remarks>
    /// <param name="destination">Where to; it stays open. Nothing is written before it is known that the snapshot can be.</param>
    /// <param name="compress">Whether to compress with gzip.</param>
    /// <param name="maxLength">The bound that the file is to be loaded with, on bytes before compression and on values: what <see cref="Load"/> would refuse is not written. If need be mounts
    /// of other namespaces are left out, the greatest tables first: anybody on a host can make more of them. They are then not known in the file, and the reason names the bound.</param>
    /// <returns>What was written: this snapshot, or the one without the tables that had to be left out.</returns>
    /// <exception cref="SnapshotFormatException">Without any of those tables it would still be larger.</exception>
    public StorageSnapshot Save(Stream destination, bool compress = false, int maxLength = DefaultMaxLength)
    {
        ArgumentNullException.ThrowIfNull(destination);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maxLength);
        StorageSnapshot saved = SnapshotFit.Apply(SnapshotSecrets.Apply(this), maxLength, out JsonPieces text);
        if (!compress)
        {
            text.CopyTo(destination);
            return saved;
        }

        using var zipped = new GZipStream(destination, CompressionLevel.Optimal, leaveOpen: true);
        text.CopyTo(zipped);
        return saved;
    }

    /// <summary>Reads a snapshot that <see cref="Save"/> wrote, compressed or not. Safe for files from anywhere.</summary>
    /// <remarks>Nothing is opened or run, whatever the file says; size, depth and the number of values are bounded before anything is made of them, so that it takes at most
    /// sixteen times <paramref name="maxLength"/> in memory. Members of another type than expected, or
    /// missing ones, are errors; additional ones of the outermost object are kept, others are passed over.</remarks>
    /// <param name="source">Where from; it stays open.</param>
    /// <param name="maxLength">The most bytes that are read, decompressed.</param>
    /// <exception cref="SnapshotFormatException">Not such a snapshot; the message says where and why.</exception>
    public static StorageSnapshot Load(Stream source, int maxLength = DefaultMaxLength)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maxLength);
        ReadOnlyMemory<byte> content = ReadToEnd(source, maxLength, TooLong);
        if (content.Span is not [0x1f, 0x8b, ..])
            return Parse(content.Span);
        try
        {
            using var zipped = new GZipStream(new MemoryStream(content.ToArray(), writable: false), CompressionMode.Decompress);
            return Parse(ReadToEnd(zipped, maxLength, TooLong).Span);
        }
        catch (InvalidDataException e)
        {
            throw new SnapshotFormatException($"Not a whole gzip file: {e.Message}", e);
        }

        StorageSnapshot Parse(ReadOnlySpan<byte> json) => SnapshotSize.Of(json).FitsIn(maxLength)
            ? SnapshotSecrets.Apply(SnapshotJson.Parse(json))
            : throw new SnapshotFormatException($"A snapshot of at most {maxLength} bytes has at most {SnapshotSize.MostValues(maxLength)} values.");

        SnapshotFormatException TooLong() => new($"A snapshot has at most {maxLength} bytes.");
    }

    private static ReadOnlyMemory<byte> ReadToEnd(Stream source, int maxLength, Func<Exception> tooLong)
    {
        byte[] buffer = new byte[Math.Min(1 << 16, maxLength)];
        int length = 0;
        for (int count; (count = source.Read(buffer, length, buffer.Length - length)) > 0;)
        {
            length += count;
            if (length > maxLength)
                throw tooLong();
            if (length == buffer.Length)
                Array.Resize(ref buffer, (int)Math.Min(buffer.Length * 2L, Math.Min(maxLength + 1L, Array.MaxLength)));
        }

        return buffer.AsMemory(0, length);
    }
}
