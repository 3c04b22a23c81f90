using System.Globalization;
using Overlay2.Storage.Mounts;
using Overlay2.Storage.Tests.Engines;

namespace Overlay2.Storage.Tests.Mounts;

/// <summary>What a bound on all tables together keeps from being read, with a made up proc(5).</summary>
public sealed class MountNamespaceScannerTests
{
    private const ulong Host = 4026531837;
    private const string Root = "0\t0\t0\t0";

    /// <summary>A line of 33 bytes.</summary>
    private const string Line = "10 1 0:30 / /a rw - tmpfs abcd rw";

    [Fact]
    public async Task Namespaces_of_root_are_read_first_then_by_process_id()
    {
        using TemporaryTree proc = new();
        Add(proc, 1, mountNamespace: 100, Host, Root);
        Add(proc, 2, mountNamespace: 200, userNamespace: 7, "1000\t1000\t1000\t1000"); // a stranger's, in a user namespace of his own
        Add(proc, 3, mountNamespace: 300, Host, "1000\t0\t0\t0"); // what a set-user-id program made for somebody
        Add(proc, 4, mountNamespace: 400, userNamespace: 8, Root); // root of another user namespace
        Add(proc, 5, mountNamespace: 500, Host, "999\t999\t999\t999");
        Add(proc, 6, mountNamespace: 600, Host, Root);
        Add(proc, 7, mountNamespace: 500, Host, Root); // a container's first process need not be root's

        Assert.Equal<ulong>([100, 500, 600, 300, 200, 400], (await Scan(proc, 1000)).Select(found => found.Id));
    }

    [Fact]
    public async Task What_the_bound_does_not_reach_is_handed_over_unread_with_the_reason()
    {
        using TemporaryTree proc = new();
        for (int i = 1; i <= 4; i++)
            Add(proc, i, (ulong)i, i == 2 ? 7 : Host, Root, lines: i == 3 ? 2 : 1);

        // Two tables, of 34 and 68 bytes, and half of the third.
        List<MountNamespace> found = await Scan(proc, 34 + 68 + 17);

        Assert.Equal([(1, true), (3, true), (4, false), (2, false)], found.Select(one => (one.ProcessIds[0], one.IsRead)));
        Assert.All(found.Skip(2), one => Assert.Equal(MountTableFailure.TooLarge, one.Failure!.Failure));
        Assert.All(found.Skip(2), one => Assert.Contains("the 119 bytes that the mount tables of all namespaces may have together", one.Failure!.Message, StringComparison.Ordinal));
        Assert.All(await Scan(proc, 34 + 68 + 34 + 34), one => Assert.True(one.IsRead));
        Assert.Equal(3, (await Scan(proc, 34 + 68 + 34 + 33)).Count(one => one.IsRead));
    }

    [Fact]
    public async Task A_table_beyond_its_own_bound_counts_with_that()
    {
        using TemporaryTree proc = new();
        Add(proc, 1, 1, Host, Root, lines: 9);
        Add(proc, 2, 2, Host, Root);
        Add(proc, 3, 3, Host, Root);

        List<MountNamespace> found = await Scan(proc, 100 + 34, new MountTableLoadOptions { MaxBytes = 100 });

        Assert.Equal([false, true, false], found.Select(one => one.IsRead));
        Assert.Contains("longer than the allowed 100 bytes", found[0].Failure!.Message, StringComparison.Ordinal);
        Assert.Contains("134 bytes", found[2].Failure!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_bound_all_are_read()
    {
        using TemporaryTree proc = new();
        for (int i = 1; i <= 20; i++)
            Add(proc, i, (ulong)i, Host, Root, lines: i);

        List<MountNamespace> found = await Scan(proc, maxTotalBytes: null);

        Assert.Equal(Enumerable.Range(1, 20), found.Select(one => one.Table!.Entries.Length).Order());
    }

    [Fact]
    public void A_bound_is_positive()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new MountNamespaceScannerOptions { MaxTotalBytes = 0 });
        Assert.Null(MountNamespaceScannerOptions.Default.MaxTotalBytes);
    }

    private static void Add(TemporaryTree proc, int processId, ulong mountNamespace, ulong userNamespace, string users, int lines = 1) => proc
        .WithLink(string.Create(CultureInfo.InvariantCulture, $"{processId}/ns/mnt"), string.Create(CultureInfo.InvariantCulture, $"mnt:[{mountNamespace}]"))
        .WithLink(string.Create(CultureInfo.InvariantCulture, $"{processId}/ns/user"), string.Create(CultureInfo.InvariantCulture, $"user:[{userNamespace}]"))
        .WithFile(string.Create(CultureInfo.InvariantCulture, $"{processId}/status"), $"Name:\tx\nUid:\t{users}\n")
        .WithFile(string.Create(CultureInfo.InvariantCulture, $"{processId}/mountinfo"), string.Concat(Enumerable.Repeat(Line + "\n", lines)));

    private static async Task<List<MountNamespace>> Scan(TemporaryTree proc, long? maxTotalBytes, MountTableLoadOptions? load = null)
    {
        var scanner = new MountNamespaceScanner(new MountNamespaceScannerOptions
        {
            ProcDirectory = proc.Path,
            MaxTotalBytes = maxTotalBytes,
            Load = load ?? MountTableLoadOptions.Default,
        });
        List<MountNamespace> found = [];
        await foreach (MountNamespace one in scanner.ScanAsync(TestContext.Current.CancellationToken))
            found.Add(one);
        return found;
    }
}
