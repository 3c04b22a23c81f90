using System.IO.Compression;

namespace Overlay2.Storage.Snapshots;

public sealed partial record StorageSnapshot
{
    /// <summary>The most bytes that <see cref="Load"/> reads unless told otherwise, decompressed: 128 MiB, of a host with some 50,000 layers.</summary>
    public const int DefaultMaxLength = 128 << 20;

    /// <summary>So many bytes of its bound a snapshot has for each value at least. Captures have more than 30; what is all empty values would take forty times its length in memory.</summary>
    private const int BytesForValue = 16;

    /// <summary>So many values are always taken.</summary>
    private const int FewValues = 1 << 16;

    /// <summary>Writes the snapshot as JSON in UTF-8, with <c>"formatVersion":1</c> first.</summary>
    /// <remarks>
    /// Secrets are always left out of every part (<c>REDACTED</c>): what a telling name stands before, credentials by their form, and values of variables, flags
    /// and options that are not known to be harmless; docs/secrets.md has the rules. Members that came from a file of a newer version are written again. Bytes that are not UTF-8 are written as
    /// <c>{"base64":"…"}</c>, mounts as lines of mountinfo; of those <see cref="Mounts.MountEntry.UniqueId"/> is not kept.
    /// </remarks>
    /// <param name="destination">Where to; it stays open.</param>
    /// <param name="compress">Whether to compress with gzip.</param>
    public void Save(Stream destination, bool compress = false)
    {
        ArgumentNullException.ThrowIfNull(destination);
        if (!compress)
        {
            SnapshotJson.Write(destination, SnapshotFile.Of(SnapshotSecrets.Apply(this)));
            return;
        }

        using var zipped = new GZipStream(destination, CompressionLevel.Optimal, leaveOpen: true);
        SnapshotJson.Write(zipped, SnapshotFile.Of(SnapshotSecrets.Apply(this)));
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

        // Values have commas between them; those in texts count too.
        StorageSnapshot Parse(ReadOnlySpan<byte> json)
        {
            int mostValues = Math.Max(FewValues, maxLength / BytesForValue);
            return json.Count((byte)',') <= mostValues
                ? SnapshotSecrets.Apply(SnapshotJson.Parse(json))
                : throw new SnapshotFormatException($"A snapshot of at most {maxLength} bytes has at most {mostValues} values.");
        }

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
