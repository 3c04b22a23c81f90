using System.Collections.Immutable;
using System.Text;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Mounts;
using Overlay2.Storage.Snapshots;
using Overlay2.Storage.Tests.Diagnosis;

namespace Overlay2.Storage.Tests.Snapshots;

/// <summary>What is saved is loaded again with the same bound.</summary>
public sealed class SnapshotFitTests
{
    private static readonly ImmutableArray<MountHolderProcess> s_processes = [new(7, ByteString.FromText("big"), "")];

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_greatest_tables_of_other_namespaces_are_left_out_first(bool compress)
    {
        StorageSnapshot snapshot = With(Namespace(1, 10, "/a"), Namespace(2, 3000, "/a"), Namespace(3, 20, "/a"), Namespace(4, 2000, "/a"));
        int length = Save(snapshot, int.MaxValue).File.Length;

        // Within the bound, to the byte; one byte less and one table is too much; then another.
        Assert.Equal([true, true, true, true], Known(snapshot, length, compress));
        Assert.Equal([true, false, true, true], Known(snapshot, length - 1, compress));
        Assert.Equal([true, false, true, false], Known(snapshot, length / 3, compress));

        StorageSnapshot loaded = Load(Save(snapshot, length - 1, compress).File, length - 1);
        Assert.Equal(s_processes, loaded.OtherNamespaces.Value[1].Processes);
        Assert.Contains($"at most {length - 1} bytes", loaded.OtherNamespaces.Value[1].Mounts.Reason, StringComparison.Ordinal);
        Assert.True(loaded.Mounts.IsKnown && loaded.Stores.IsKnown);
    }

    /// <summary>A mount point of commas costs as many values as it has, and controls six times their length: the first table is longer as a text.</summary>
    [Theory]
    [InlineData(',')]
    [InlineData('\u0001')]
    public void Tables_that_take_more_than_their_text_are_left_out_too(char character)
    {
        StorageSnapshot snapshot = With(Namespace(1, 6000, "/a"), Namespace(2, 100, "/" + new string(character, 2000)), Namespace(3, 10, "/a"));

        Assert.Equal([true, false, true], Known(snapshot, 400_000, compress: false));
    }

    /// <summary>In a capture who comes first has his place, whatever is greater: strangers come last.</summary>
    [Fact]
    public void A_capture_has_room_for_those_that_come_first()
    {
        MountTable large = Namespace(1, 100, "/a").Mounts.Value;
        MountTable small = Namespace(2, 10, "/a").Mounts.Value;
        MountTable commas = Namespace(3, 1, "/" + new string(',', 1000)).Mounts.Value;
        var room = new NamespaceRoom(10_000);

        Assert.Equal([true, true, false, true], ((MountTable[])[large, small, commas, small]).Select(table => room.Take(table).IsKnown));
        Assert.Contains("10000 bytes", room.Take(commas).Reason, StringComparison.Ordinal);
        room = new NamespaceRoom(20_000);
        Assert.Equal([true, false, true], ((MountTable[])[commas, commas, small]).Select(table => room.Take(table).IsKnown));
    }

    [Fact]
    public void What_is_larger_without_them_is_an_error_before_anything_is_written()
    {
        StorageSnapshot snapshot = With(Namespace(1, 10, "/a"));
        using var stream = new MemoryStream();

        SnapshotFormatException e = Assert.Throws<SnapshotFormatException>(() => snapshot.Save(stream, maxLength: 1000));

        Assert.Contains("a bound of 1000 bytes", e.Message, StringComparison.Ordinal);
        Assert.Equal(0, stream.Length);
        Assert.Throws<SnapshotFormatException>(() => new StorageSnapshot { HostId = SnapshotPart.Known(new string('x', 1000)) }.Save(stream, maxLength: 1000));
        Assert.Throws<ArgumentOutOfRangeException>(() => snapshot.Save(stream, maxLength: 0));
    }

    [Fact]
    public void Too_many_values_are_not_saved()
    {
        const int MaxLength = 4 << 20;
        StorageSnapshot most = Homes(MaxLength / 16 - 3);
        StorageSnapshot many = Homes(MaxLength / 16 + 2);
        using var stream = new MemoryStream();

        Assert.Equal(MaxLength / 16 - 3, Load(Save(most, MaxLength).File, MaxLength).DriverHomes.Value.Length);
        Assert.Throws<SnapshotFormatException>(() => many.Save(stream, maxLength: MaxLength));

        static StorageSnapshot Homes(int count) => new() { DriverHomes = SnapshotPart.Known(Enumerable.Repeat(default(BytePath), count).ToImmutableArray()) };
    }

    private static StorageSnapshot With(params SnapshotNamespace[] namespaces) => CorpusSnapshots.Read("healthy-running") with { OtherNamespaces = SnapshotPart.Known(namespaces.ToImmutableArray()) };

    private static SnapshotNamespace Namespace(ulong id, int mounts, string mountPoint) => new(
        id, SnapshotPart.Known(MountTable.Parse(Encoding.Latin1.GetBytes(string.Concat(Enumerable.Repeat($"10 1 0:30 / {mountPoint} rw - tmpfs tmpfs rw\n", mounts))))), s_processes);

    private static bool[] Known(StorageSnapshot snapshot, int maxLength, bool compress)
    {
        (StorageSnapshot saved, byte[] file) = Save(snapshot, maxLength, compress);
        StorageSnapshot loaded = Load(file, maxLength);
        bool[] known = [.. loaded.OtherNamespaces.Value.Select(one => one.Mounts.IsKnown)];
        Assert.Equal(known, saved.OtherNamespaces.Value.Select(one => one.Mounts.IsKnown));
        return known;
    }

    private static (StorageSnapshot Saved, byte[] File) Save(StorageSnapshot snapshot, int maxLength, bool compress = false)
    {
        using var stream = new MemoryStream();
        StorageSnapshot saved = snapshot.Save(stream, compress, maxLength);
        return (saved, stream.ToArray());
    }

    private static StorageSnapshot Load(byte[] file, int maxLength) => StorageSnapshot.Load(new MemoryStream(file), maxLength);
}
