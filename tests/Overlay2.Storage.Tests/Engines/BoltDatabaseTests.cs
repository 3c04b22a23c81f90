using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Engines;
using Overlay2.Storage.Engines.Bolt;
using Overlay2.Storage.Engines.Docker;
using Overlay2.Storage.Engines.Files;
using Overlay2.Storage.Interop;
using Overlay2.Storage.TestShared;

namespace Overlay2.Storage.Tests.Engines;

public sealed class BoltDatabaseTests
{
    [Fact]
    public void BuildKits_snapshots_are_read()
    {
        string dump = Dump(Real("docker-buildkit-snapshots.db"));

        Assert.Contains("ntlh4fcci98f9sqjrkq1mjtyp/committed=y580fs27fw841zw60eadqqzlg\n", dump, StringComparison.Ordinal);
        Assert.Contains("4dnkjpp77b76s59kipa7dg2cy/parent=ntlh4fcci98f9sqjrkq1mjtyp\n", dump, StringComparison.Ordinal);
    }

    [Fact]
    public void Containerds_metadata_are_read()
    {
        string dump = Dump(Real("containerd-metadata.db"));

        Assert.Contains("v1/version=", dump, StringComparison.Ordinal);
        Assert.Contains("v1/snapshots/t/7/x1/parent=t/6/sha256:68d17f500349c3a7e1d4a82f9e8675f118d68153da91be57e6795124f2229394\n", Dump(Real("containerd-overlayfs-snapshots.db")), StringComparison.Ordinal);
        Assert.Contains("v1/t/containers/x1/image=docker.io/library/re-app:1\n", dump, StringComparison.Ordinal);
    }

    [Fact]
    public void Keys_are_found_one_by_one_as_in_the_walk()
    {
        byte[] file = Real("docker-buildkit-cache.db");
        Assert.True(BoltDatabase.TryRead(new MemorySource(file), root =>
        {
            foreach (BoltEntry entry in root.Entries())
            {
                Assert.True(root.TryGetBucket(entry.Key.Span, out BoltBucket? bucket));
                foreach (BoltEntry inner in bucket.Entries().Where(inner => inner.Bucket is null))
                {
                    Assert.True(bucket.TryGetValue(inner.Key.Span, out ReadOnlyMemory<byte> value));
                    Assert.True(value.Span.SequenceEqual(inner.Value.Span));
                }
            }

            return !root.TryGetBucket("no such bucket"u8, out _);
        }, out bool missing, out _));
        Assert.True(missing);
    }

    [Fact]
    public void The_newer_of_two_sound_meta_pages_counts()
    {
        var writer = new BoltWriter();
        byte[] file = writer.Write(new BoltWriter.Bucket { ["a"] = new BoltWriter.Bucket { ["k"] = "v"u8.ToArray() } });
        Assert.Equal("a/k=v\n", Dump(file));

        // Without the newer one the older one counts, which leads to a page that is none of a tree.
        file[writer.OffsetOf(1) + 20]++;
        BoltError error = Fail(file);
        Assert.Equal((BoltErrorReason.Damaged, 2ul), (error.Reason, error.PageId));
    }

    [Fact]
    public void The_second_meta_page_is_found_without_the_first()
    {
        byte[] file = new BoltWriter(16384).Write(new BoltWriter.Bucket { ["k"] = "v"u8.ToArray() });
        file[17] = 0;

        Assert.Equal("k=v\n", Dump(file));
    }

    [Theory]
    [InlineData("")]
    [InlineData("SQLite format 3")]
    public void Another_file_is_no_database(string content)
    {
        Assert.Equal(BoltErrorReason.NotADatabase, Fail(Encoding.ASCII.GetBytes(content)).Reason);
        Assert.Equal(BoltErrorReason.NotADatabase, Fail(new byte[1 << 20]).Reason);
    }

    [Fact]
    public void A_truncated_database_is_damaged_wherever_it_ends()
    {
        byte[] file = new BoltWriter(1024, mostPerPage: 2).Write(new BoltWriter.Bucket { ["a"] = new byte[100], ["b"] = new byte[3000], ["c"] = new BoltWriter.Bucket { ["k"] = new byte[600] } });
        for (int length = 0; length < file.Length; length += 7)
            Assert.True(Fail(file[..length]).Reason is BoltErrorReason.Damaged or BoltErrorReason.NotADatabase);
    }

    [Fact]
    public void A_page_that_leads_to_itself_or_to_one_above_is_damaged()
    {
        var writer = new BoltWriter(1024, mostPerPage: 2);
        var root = new BoltWriter.Bucket();
        for (int i = 0; i < 20; i++)
            root[$"{i:d2}"] = new byte[100];
        byte[] sound = writer.Write(root);
        Assert.Equal(20, Dump(sound).Count(character => character == '\n'));
        for (int page = 3; page < sound.Length / 1024; page++)
        {
            int start = writer.OffsetOf(page);
            if (BinaryPrimitives.ReadUInt16LittleEndian(sound.AsSpan(start + 8)) != 1)
                continue;

            // The writer numbers a page after those below it, so all these lead back up or out of the database.
            for (ulong target = (ulong)page; target < 60; target++)
            {
                byte[] file = [.. sound];
                BinaryPrimitives.WriteUInt64LittleEndian(file.AsSpan(start + 16 + 8), target);
                Assert.Equal(BoltErrorReason.Damaged, Fail(file).Reason);
            }
        }
    }

    [Fact]
    public void Two_buckets_cannot_share_pages()
    {
        var big = new BoltWriter.Bucket { ["k"] = new byte[3000] };
        var writer = new BoltWriter(1024);
        byte[] file = writer.Write(new BoltWriter.Bucket { ["a"] = big, ["b"] = new BoltWriter.Bucket { ["k"] = new byte[3000] } });
        int first = IndexOfBucketValue(file, "a"u8);
        int second = IndexOfBucketValue(file, "b"u8);
        file.AsSpan(first, 8).CopyTo(file.AsSpan(second));

        Assert.Contains("is reached from", Fail(file).Detail, StringComparison.Ordinal);

        static int IndexOfBucketValue(byte[] file, ReadOnlySpan<byte> key)
        {
            // The root leaf is the last page; a bucket's value follows its key.
            int page = file.Length - 1024;
            return page + file.AsSpan(page + 16 + 32).IndexOf(key) + 16 + 32 + key.Length;
        }
    }

    [Fact]
    public void A_million_spanned_pages_are_refused_without_reading_them()
    {
        var writer = new BoltWriter(1024);
        byte[] file = writer.Write(new BoltWriter.Bucket { ["k"] = new byte[10] });
        BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(writer.OffsetOf(3) + 12), 1_000_000);

        Assert.Equal((BoltErrorReason.Damaged, 3ul), (Fail(file).Reason, Fail(file).PageId));
    }

    [Fact]
    public void A_database_that_changed_meanwhile_is_read_again()
    {
        byte[] before = new BoltWriter().Write(new BoltWriter.Bucket { ["k"] = "old"u8.ToArray() });
        byte[] after = new BoltWriter().Write(new BoltWriter.Bucket { ["k"] = "new"u8.ToArray() }, transaction: 9);
        var source = new ChangingSource(reads => reads <= 5 ? before : after);

        Assert.True(BoltDatabase.TryRead(source, Text, out string? dump, out _));
        Assert.Equal("k=new\n", dump);
    }

    [Fact]
    public void A_database_that_changes_again_and_again_is_given_up()
    {
        byte[][] versions = [.. Enumerable.Range(7, 50).Select(transaction =>
            new BoltWriter().Write(new BoltWriter.Bucket { ["k"] = "v"u8.ToArray() }, (ulong)transaction))];
        var source = new ChangingSource(reads => versions[reads / 4 % versions.Length]);

        Assert.False(BoltDatabase.TryRead(source, Text, out _, out BoltError? error));
        Assert.Equal(BoltErrorReason.Changed, error.Reason);
    }

    [Fact]
    public void Layers_of_the_build_cache_are_referenced()
    {
        DockerClassicStore store = ReadBuildCacheStore();

        Assert.Empty(store.Problems);
        Assert.NotEmpty(store.BuildCache);
        Assert.Empty(((ILayerStore)store).FindUnreferencedLayers());

        ILayerStore without = new DockerClassicStore { DataRoot = store.DataRoot, Layers = store.Layers, ShortLinks = store.ShortLinks, ImageLayers = store.ImageLayers };
        Assert.Equal(store.Layers.Select(layer => layer.Id), without.FindUnreferencedLayers().Select(layer => layer.Id));
    }

    [Fact]
    public void Lower_files_of_the_build_cache_are_computed_from_its_database()
    {
        DockerClassicStore store = ReadBuildCacheStore();

        Assert.All(store.Layers, layer => Assert.Equal(layer.Lower.Content, store.GetExpectedLower(layer.Id).Value));
        Assert.All(store.Layers, layer => Assert.NotEqual(ExpectedValueStatus.Unknown, store.GetExpectedLower(layer.Id).Status));
    }

    [Fact]
    public void A_damaged_build_cache_leaves_the_references_incomplete()
    {
        using TemporaryTree tree = new TemporaryTree()
            .WithFile("docker/buildkit/snapshots.db", Real("docker-buildkit-snapshots.db")[..8192])
            .WithDirectory("docker/overlay2/l");

        DockerClassicStore store = DockerClassicStore.Read(
            BytePath.FromText(tree["docker"]), cancellationToken: TestContext.Current.CancellationToken);

        StoreProblem problem = Assert.Single(store.ReferenceProblems);
        Assert.Equal("snapshots.db", problem.Path.FileName.ToString());
        Assert.Equal(StoreProblemReason.Malformed, problem.Reason);
    }

    private static DockerClassicStore ReadBuildCacheStore()
    {
        RecordedFileTree tree = RecordedFileTree.Parse(Unzip(Repository.Data("bbolt", "docker-build-cache.tree.json.gz")));
        return DockerClassicStore.Read(tree, tree.Root, StoreReadOptions.Default, TestContext.Current.CancellationToken);
    }

    private static byte[] Real(string name) => Unzip(Repository.Data("bbolt", name + ".gz"));

    private static byte[] Unzip(string path)
    {
        using var zipped = new GZipStream(File.OpenRead(path), CompressionMode.Decompress);
        using var bytes = new MemoryStream();
        zipped.CopyTo(bytes);
        return bytes.ToArray();
    }

    private static string Dump(byte[] file)
    {
        Assert.True(BoltDatabase.TryRead(new MemorySource(file), Text, out string? dump, out BoltError? error), error?.ToString());
        return dump!;
    }

    private static BoltError Fail(byte[] file)
    {
        Assert.False(BoltDatabase.TryRead(new MemorySource(file), Text, out _, out BoltError? error));
        return error!;
    }

    private static string Text(BoltBucket root)
    {
        var text = new StringBuilder();
        Append(text, "", root);
        return text.ToString();

        static void Append(StringBuilder text, string prefix, BoltBucket bucket)
        {
            foreach (BoltEntry entry in bucket.Entries())
            {
                string key = prefix + Encoding.Latin1.GetString(entry.Key.Span);
                if (entry.Bucket is { } inner)
                    Append(text, key + "/", inner);
                else
                    text.Append(key).Append('=').Append(Encoding.Latin1.GetString(entry.Value.Span)).Append('\n');
            }
        }
    }

    /// <summary>A file that another process writes to: which content there is depends on how often it was read.</summary>
    private sealed class ChangingSource(Func<int, byte[]> content) : IByteSource
    {
        private int _reads;

        public bool TryGetLength(out long length, out Errno error) => new MemorySource(content(_reads)).TryGetLength(out length, out error);

        public bool TryReadAt(long offset, Span<byte> buffer, out int count, out Errno error) =>
            new MemorySource(content(++_reads)).TryReadAt(offset, buffer, out count, out error);

        public void Dispose()
        {
        }
    }
}
