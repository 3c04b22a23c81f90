using System.Text;
using CsCheck;
using Overlay2.Storage.Engines.Bolt;
using Overlay2.Storage.Engines.Files;
using Overlay2.Storage.TestShared;

namespace Overlay2.Storage.PropertyTests.Engines;

public sealed class BoltDatabaseProperties
{
    private static readonly Gen<string> s_key = Gen.Char["abcdeé/"].Array[1, 6].Select(characters => new string(characters));
    private static readonly Gen<byte[]> s_value = Gen.Frequency((6, Gen.Byte.Array[0, 20]), (1, Gen.Byte.Array[900, 3000]));
    private static readonly Gen<BoltWriter.Bucket> s_leaf = Gen.Select(s_key, s_value.Select(value => (object)value)).Array[0, 40].Select(ToBucket);

    private static readonly Gen<BoltWriter.Bucket> s_tree = Gen.Select(s_key, Gen.OneOf(
        s_value.Select(value => (object)value), s_leaf.Select(bucket => (object)bucket),
        Gen.Select(s_key, s_leaf.Select(bucket => (object)bucket)).Array[0, 5].Select(inner => (object)ToBucket(inner)))).Array[0, 12].Select(ToBucket);

    private static readonly Gen<(int PageSize, int MostPerPage)> s_shape = Gen.Select(Gen.Int[0, 2].Select(i => 1024 << (2 * i)), Gen.Int[2, 30]);

    [Fact]
    public void What_was_written_is_read() =>
        Gen.Select(s_tree, s_shape).Sample((tree, shape) =>
        {
            byte[] file = new BoltWriter(shape.PageSize, shape.MostPerPage).Write(tree);
            return BoltDatabase.TryRead(new MemorySource(file), Dump, out string? read, out _) && read == Dump(tree);
        }, iter: 300);

    [Fact]
    public void Every_key_is_found_alone() =>
        Gen.Select(s_leaf, s_shape, s_key).Sample((bucket, shape, other) =>
        {
            byte[] file = new BoltWriter(shape.PageSize, shape.MostPerPage).Write(bucket);
            return BoltDatabase.TryRead(new MemorySource(file), root =>
                bucket.All(pair => root.TryGetValue(Encoding.UTF8.GetBytes(pair.Key), out ReadOnlyMemory<byte> value) && value.Span.SequenceEqual((byte[])pair.Value))
                && root.TryGetValue(Encoding.UTF8.GetBytes(other), out _) == bucket.ContainsKey(other), out bool found, out _) && found;
        }, iter: 300);

    [Fact]
    public void Damage_is_an_error_or_unseen_and_never_more() =>
        Gen.Select(s_tree, s_shape, Gen.Select(Gen.Int[0, 1 << 20], Gen.Byte).Array[1, 6], Gen.Int[0, 1 << 20]).Sample((tree, shape, changes, cut) =>
        {
            byte[] file = new BoltWriter(shape.PageSize, shape.MostPerPage).Write(tree);
            foreach ((int place, byte value) in changes)
                file[place % file.Length] = value;
            file = cut % 4 == 0 ? file[..(cut % file.Length)] : file;
            bool read = BoltDatabase.TryRead(new MemorySource(file), Dump, out string? dump, out BoltError? error);
            return read ? dump is not null : error!.Reason is BoltErrorReason.Damaged or BoltErrorReason.NotADatabase;
        }, iter: 1000);

    private static BoltWriter.Bucket ToBucket((string, object)[] members)
    {
        var bucket = new BoltWriter.Bucket();
        foreach ((string key, object value) in members)
            bucket[key] = value;
        return bucket;
    }

    private static string Dump(BoltBucket bucket) => string.Concat(bucket.Entries().Select(entry =>
        $"{Convert.ToHexString(entry.Key.Span)}={(entry.Bucket is { } inner ? $"({Dump(inner)})" : Convert.ToHexString(entry.Value.Span))};"));

    private static string Dump(BoltWriter.Bucket bucket) => string.Concat(bucket.Select(pair => (Key: Encoding.UTF8.GetBytes(pair.Key), pair.Value))
        .OrderBy(pair => Convert.ToHexString(pair.Key), StringComparer.Ordinal).Select(pair =>
        $"{Convert.ToHexString(pair.Key)}={(pair.Value is BoltWriter.Bucket inner ? $"({Dump(inner)})" : Convert.ToHexString((byte[])pair.Value))};"));
}
