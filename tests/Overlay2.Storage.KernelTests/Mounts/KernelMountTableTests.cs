using System.Diagnostics;
using System.Globalization;
using System.Text;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Interop;
using Overlay2.Storage.Mounts;

namespace Overlay2.Storage.KernelTests.Mounts;

public sealed class KernelMountTableTests(ITestOutputHelper output)
{
    private static MountTableLoadOptions AllButSuperOptions { get; } = new() { Fields = MountFields.AllButSuperOptions };

    [Fact]
    public void Both_sources_give_equal_tables_field_by_field() => PrivateNamespace.Run(scratch =>
    {
        SkipWithoutStatMount();
        MakeOddMounts(scratch);

        AssertEqual(MountTable.Load(MountTableSource.Self), MountTable.Load(MountTableSource.Kernel), MountFields.All);
    });

    [Fact]
    public void A_table_with_slaves_and_peers_shows_the_same_propagation() => PrivateNamespace.Run(scratch =>
    {
        SkipWithoutStatMount();
        string shared = Make(scratch, "shared");
        Mount("t", shared, "tmpfs", MountFlags.None, "");
        Mount("", shared, "", MountFlags.Shared, "");
        string slave = Make(scratch, "slave");
        Mount(shared, slave, "", MountFlags.Bind, "");
        Mount("", slave, "", MountFlags.Slave, "");
        Mount("", slave, "", MountFlags.Shared, "");
        string second = Make(scratch, "second");
        Mount(slave, second, "", MountFlags.Bind, "");
        Mount("", second, "", MountFlags.Slave, "");

        MountTable table = MountTable.Load(MountTableSource.Kernel);

        AssertEqual(MountTable.Load(MountTableSource.Self), table, MountFields.All);
        Assert.Contains(table.Entries, e => e.Propagation is { IsShared: true, IsSlave: true });
    });

    [Fact]
    public void Fields_that_are_not_asked_for_are_empty_and_the_others_equal() => PrivateNamespace.Run(scratch =>
    {
        SkipWithoutStatMount();
        MakeOddMounts(scratch);
        MountTable text = MountTable.Load(MountTableSource.Self);

        foreach (MountFields fields in (MountFields[])[MountFields.None, MountFields.Root, MountFields.MountPoint, MountFields.FileSystemType,
            MountFields.Source, MountFields.Propagation, MountFields.SuperOptions, MountFields.AllButSuperOptions])
        {
            MountTable table = MountTable.Load(MountTableSource.Kernel, new MountTableLoadOptions { Fields = fields });
            AssertEqual(text, table, fields);
        }
    });

    [Fact]
    public void A_strict_load_of_a_quiet_namespace_is_the_same_table() => PrivateNamespace.Run(scratch =>
    {
        SkipWithoutStatMount();
        MakeOddMounts(scratch);

        AssertEqual(
            MountTable.Load(MountTableSource.Self),
            MountTable.Load(MountTableSource.Kernel, new MountTableLoadOptions { Strict = true }),
            MountFields.All);
    });

    [Fact]
    public void A_foreign_namespace_is_read_as_its_process_sees_it() => PrivateNamespace.Run(scratch =>
    {
        SkipWithoutStatMount();
        Mount("t", Make(scratch, "mine"), "tmpfs", MountFlags.None, "");
        // A child inherits this thread's namespace; with its own it gets a copy that then differs.
        using Process other = NamespaceProcess.Start($"mount -t tmpfs theirs {scratch}");
        MountTable text = MountTable.Load(MountTableSource.Process(other.Id));
        MountTable kernel = MountTable.Load(MountTableSource.KernelOf(other.Id));

        AssertEqual(text, kernel, MountFields.All);
        Assert.Contains(kernel.Entries, e => e.Source.ToString() == "theirs");
        Assert.DoesNotContain(MountTable.Load(MountTableSource.Kernel).Entries, e => e.Source.ToString() == "theirs");
        NamespaceProcess.End(other);
    });

    [Fact]
    public void More_mounts_than_the_first_buffer_holds_are_all_listed() => PrivateNamespace.Run(scratch =>
    {
        SkipWithoutStatMount();
        for (int i = 0; i < 1100; i++)
            Mount(scratch, scratch, "", MountFlags.Bind, "");

        AssertEqual(MountTable.Load(MountTableSource.Self), MountTable.Load(MountTableSource.Kernel), MountFields.All);
        for (int i = 0; i < 1100; i++)
            PrivateNamespace.Unmount(scratch);
    });

    [Fact]
    public void Options_longer_than_the_first_buffer_come_whole() => PrivateNamespace.Run(scratch =>
    {
        SkipWithoutStatMount();
        // A blank takes one byte of the page that mount(2) takes, and four where it is shown.
        MakeOverlay(scratch, "long", layers: 60, name: new string(' ', 20) + "n");

        MountTable table = MountTable.Load(MountTableSource.Kernel);

        Assert.Contains(table.Entries, e => e.SuperOptions.Length > 6000);
        AssertEqual(MountTable.Load(MountTableSource.Self), table, MountFields.All);
    });

    [Fact]
    public void One_mount_is_found_by_path_and_by_unique_id_without_a_table() => PrivateNamespace.Run(scratch =>
    {
        SkipWithoutStatMount();
        string merged = MakeOverlay(scratch, "one", layers: 3, name: "layer");
        MountEntry expected = MountTable.Load(MountTableSource.Self).Resolve(BytePath.FromText(merged))!;

        Assert.True(LiveMount.TryLoad(BytePath.FromText(merged + "/"), MountFields.All, out MountEntry? byPath));
        AssertEqual(expected, byPath, MountFields.All);
        Assert.True(LiveMount.TryGetUniqueId(BytePath.FromText(merged), out ulong id));
        Assert.Equal(id, byPath.UniqueId);
        Assert.True(LiveMount.TryLoad(id, MountFields.MountPoint, out MountEntry? byId));
        AssertEqual(expected, byId, MountFields.MountPoint);

        PrivateNamespace.Unmount(merged);
        Assert.False(LiveMount.TryLoad(id, MountFields.All, out _));
        Assert.False(LiveMount.TryLoad(BytePath.FromText(scratch + "/no"), MountFields.All, out _));
    });

    /// <summary>Both ways to read many live overlays. How fast is judged by hand, on a quiet machine: eng/kernel-figures.sh, which sets OVERLAY2_LIVE_OVERLAYS=1000.</summary>
    [Fact]
    public void Many_overlays_are_read_as_in_the_text() => PrivateNamespace.Run(scratch =>
    {
        SkipWithoutStatMount();
        string? byHand = Environment.GetEnvironmentVariable("OVERLAY2_LIVE_OVERLAYS");
        int count = int.Parse(byHand ?? "60", CultureInfo.InvariantCulture);
        string merged = "";
        for (int i = 0; i < count; i++)
            merged = MakeOverlay(scratch, $"o{i}", layers: 5 + i * 55 / count, name: "layer");
        BytePath path = BytePath.FromText(merged);

        AssertEqual(MountTable.Load(MountTableSource.Self), MountTable.Load(MountTableSource.Kernel), MountFields.All);
        TimeSpan text = Best(5, () => MountTable.Load(MountTableSource.Self));
        TimeSpan all = Best(5, () => MountTable.Load(MountTableSource.Kernel));
        TimeSpan lean = Best(9, () => MountTable.Load(MountTableSource.Kernel, AllButSuperOptions));
        TimeSpan one = Best(2000, () => LiveMount.TryLoad(path, MountFields.All, out _));
        TimeSpan oneLean = Best(2000, () => LiveMount.TryLoad(path, MountFields.AllButSuperOptions, out _));
        byte[] bytes = File.ReadAllBytes("/proc/thread-self/mountinfo");
        TimeSpan read = Best(5, () => File.ReadAllBytes("/proc/thread-self/mountinfo"));
        TimeSpan fields = Best(50, () => ReadAll(bytes));
        TimeSpan parse = Best(50, () => MountTable.Parse((ReadOnlyMemory<byte>)bytes));
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"""
            {count} overlays, {bytes.Length} bytes of text; best of several, in microseconds
            text: read and parsed {text.TotalMicroseconds:F0}; read alone {read.TotalMicroseconds:F0}
            parse alone: fields {fields.TotalMicroseconds:F1} ({fields / read:P2} of the read), whole table {parse.TotalMicroseconds:F1} ({parse / read:P2})
            statmount, all fields {all.TotalMicroseconds:F0} ({text / all:F1}x faster than the text)
            statmount, no super options {lean.TotalMicroseconds:F0} ({text / lean:F1}x faster than the text)
            one mount by path, all fields {one.TotalMicroseconds:F1} ({text / one:F0}x), without super options {oneLean.TotalMicroseconds:F1} ({text / oneLean:F0}x)
            """));

        if (byHand is null)
            return;
        Assert.True(text > lean * 2, $"text {text}, lean {lean}");
        Assert.True(text > one * (count / 10), $"text {text}, one {one}");
    });

    private static long ReadAll(byte[] text)
    {
        long sum = 0;
        var reader = new MountInfoReader(text);
        while (reader.Read())
            sum += reader.MountId + reader.SuperOptions.Length;
        return sum;
    }

    private static void SkipWithoutStatMount() =>
        Assert.SkipUnless(LibC.TryListMounts(0, 0, new ulong[1], out _, out Errno error), $"Needs listmount(2): {error}.");

    private static void AssertEqual(MountTable expected, MountTable actual, MountFields fields)
    {
        Assert.Equal(expected.Entries.Select(e => e.MountId), actual.Entries.Select(e => e.MountId));
        for (int i = 0; i < expected.Entries.Length; i++)
        {
            AssertEqual(expected.Entries[i], actual.Entries[i], fields);
            Assert.Equal(expected.GetParent(expected.Entries[i])?.MountId, actual.GetParent(actual.Entries[i])?.MountId);
        }

        Assert.All(actual.Entries, e => Assert.NotEqual(0UL, e.UniqueId));
    }

    private static void AssertEqual(MountEntry expected, MountEntry actual, MountFields fields)
    {
        Assert.Equal(
            (expected.MountId, expected.ParentId, expected.Major, expected.Minor, expected.Options),
            (actual.MountId, actual.ParentId, actual.Major, actual.Minor, actual.Options));
        Assert.Equal(fields.HasFlag(MountFields.Root) ? expected.Root : default, actual.Root);
        Assert.Equal(fields.HasFlag(MountFields.MountPoint) ? expected.MountPoint : default, actual.MountPoint);
        Assert.Equal(fields.HasFlag(MountFields.FileSystemType) ? expected.FileSystemType : default, actual.FileSystemType);
        Assert.Equal(fields.HasFlag(MountFields.Source) ? expected.Source : default, actual.Source);
        Assert.Equal(fields.HasFlag(MountFields.Propagation) ? expected.OptionalFields : [], actual.OptionalFields);
        Assert.Equal(fields.HasFlag(MountFields.SuperOptions) ? expected.SuperOptions : default, actual.SuperOptions);
    }

    private static void MakeOddMounts(string scratch)
    {
        foreach (string name in (string[])["b c#d", "tab\tnl\nx", "deleted", "back\\slash", "flags", "empty", "ns"])
            Make(scratch, name);
        Mount(Make(scratch, "from"), $"{scratch}/b c#d", "", MountFlags.Bind, "");
        Mount("a b#c\\d", $"{scratch}/tab\tnl\nx", "tmpfs", MountFlags.NoSuid | MountFlags.NoDev | MountFlags.NoExec | MountFlags.Synchronous, "size=64k");
        string gone = Make(scratch, "gone");
        Mount(gone, $"{scratch}/deleted", "", MountFlags.Bind, "");
        Directory.Delete(gone);
        Mount("x", $"{scratch}/back\\slash", "tmpfs", (MountFlags)0x400 | (MountFlags)0x800, ""); // noatime, nodiratime
        Mount("x", $"{scratch}/flags", "tmpfs", MountFlags.ReadOnly | (MountFlags)(1 << 24) | (MountFlags)(1 << 25), ""); // strictatime, lazytime
        Assert.Equal(default, LibC.Mount(""u8, Encoding.UTF8.GetBytes($"{scratch}/empty"), "tmpfs"u8, MountFlags.None, ""u8));
        Mount("", $"{scratch}/empty", "", MountFlags.Unbindable, "");
        File.WriteAllText($"{scratch}/ns/file", "");
        Mount("/proc/self/ns/uts", $"{scratch}/ns/file", "", MountFlags.Bind, "");
        Make(scratch, "low,er");
        Make(scratch, "low:er");
        Make(scratch, "up per");
        Make(scratch, "wo\\rk");
        Make(scratch, "merged");
        Mount("overlay#1", $"{scratch}/merged", "overlay", MountFlags.None,
            $"lowerdir={scratch}/low\\,er:{scratch}/low\\:er,upperdir={scratch}/up per,workdir={scratch}/wo\\\\rk");
        Mount("", $"{scratch}/merged", "", MountFlags.Remount | MountFlags.Bind | MountFlags.ReadOnly, "");
    }

    private static string MakeOverlay(string scratch, string id, int layers, string name)
    {
        string home = Make(scratch, id);
        var lower = new StringBuilder();
        for (int i = 0; i < layers; i++)
            lower.Append(i == 0 ? "" : ":").Append(Make(scratch, $"{name}{i}"));
        string merged = Make(home, "m");
        Mount("overlay", merged, "overlay", MountFlags.None, $"lowerdir={lower},upperdir={Make(home, "u")},workdir={Make(home, "w")}");
        return merged;
    }

    private static string Make(string parent, string name) => Directory.CreateDirectory($"{parent}/{name}").FullName;

    private static void Mount(string source, string target, string type, MountFlags flags, string data) =>
        Assert.Equal(default, LibC.Mount(
            Encoding.UTF8.GetBytes(source), Encoding.UTF8.GetBytes(target), Encoding.UTF8.GetBytes(type), flags, Encoding.UTF8.GetBytes(data)));

    private static TimeSpan Best(int rounds, Action action)
    {
        TimeSpan best = TimeSpan.MaxValue;
        action();
        for (int i = 0; i < rounds; i++)
        {
            long start = Stopwatch.GetTimestamp();
            action();
            TimeSpan took = Stopwatch.GetElapsedTime(start);
            best = took < best ? took : best;
        }

        return best;
    }
}
