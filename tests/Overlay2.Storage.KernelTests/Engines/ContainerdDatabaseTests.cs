using System.Globalization;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Engines;
using Overlay2.Storage.Engines.Containerd;
using Overlay2.Storage.KernelTests.Engine;

namespace Overlay2.Storage.KernelTests.Engines;

/// <summary>Databases that a real containerd writes: what is read of them is what its client prints, at any size and while it writes.</summary>
[Collection(ContainerdCollection.Name)]
public sealed class ContainerdDatabaseTests(SharedContainerd shared)
{
    private readonly List<string> _made = [];

    [Fact]
    public void Snapshots_are_those_that_ctr_lists_at_several_sizes()
    {
        LiveContainerd engine = shared.Engine;
        try
        {
            Compare(engine);
            foreach (int size in (int[])[8, 60, 240])
            {
                Grow(engine, "size", size);
                Compare(engine);
            }
        }
        finally
        {
            Drop(engine);
        }

        Compare(engine);
    }

    [Fact]
    public async Task While_containerd_writes_a_consistent_state_is_read_or_none()
    {
        LiveContainerd engine = shared.Engine;
        var writer = Task.Run(() => Grow(engine, "busy", 120), TestContext.Current.CancellationToken);
        int whole = 0;
        int changed = 0;
        int last = 0;
        HashSet<int> sizes = [];
        try
        {
            while (!writer.IsCompleted)
            {
                ContainerdSnapshotStore store = Read(engine);
                ByteString[] busy = [.. store.Snapshots.Select(snapshot => snapshot.Key).Where(key => key.ToString().Contains("/busy-c-", StringComparison.Ordinal))];

                // Committed one after the other, each on the one before: never one without those below it, and never fewer than before.
                Assert.True(busy.Length >= last, $"{busy.Length} after {last}");
                last = busy.Length;
                sizes.Add(last);
                string[] expected = [.. Enumerable.Range(1, last).Select(number => string.Create(CultureInfo.InvariantCulture, $"busy-c-{number}")).Order(StringComparer.Ordinal)];
                Assert.Equal(expected, busy.Select(key => key.ToString().Split('/')[2]).Order(StringComparer.Ordinal));
                Assert.All(store.Snapshots, snapshot => Assert.True(snapshot.Parent.IsEmpty || store.TryGetSnapshot(snapshot.Parent, out _), snapshot.Key.ToString()));
                if (store.ReadProblems.Count > 0)
                {
                    Assert.All(store.ReadProblems, problem => Assert.Equal(StoreProblemReason.Changed, problem.Reason));
                    changed++;
                    continue;
                }

                whole++;
                Assert.All(store.References, reference => Assert.True(store.TryGetLayer(reference.LayerId, out _), reference.ToString()));
                Assert.All(store.SnapshotNames, name => Assert.True(store.TryGetSnapshot(name.Key, out _) || IsBeingCommitted(store, name), name.ToString()));
            }
        }
        finally
        {
            await writer;
            Drop(engine);
        }

        TestContext.Current.TestOutputHelper?.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{whole} states read while containerd wrote, of {sizes.Count} sizes; {changed} were given up"));
        Assert.True(whole > 20 && sizes.Count > 10, $"{whole} reads, {sizes.Count} sizes");
    }

    /// <summary>Whether the snapshotter has committed a snapshot already, and containerd's own database is about to say so: it commits last.</summary>
    private static bool IsBeingCommitted(ContainerdSnapshotStore store, ContainerdSnapshotName name)
    {
        string committed = name.Name.ToString().Replace("-p-", "-c-", StringComparison.Ordinal);
        return committed != name.Name.ToString() && store.Snapshots.Any(snapshot => snapshot.Key.ToString().EndsWith($"/{committed}", StringComparison.Ordinal));
    }

    /// <summary>Chains of committed snapshots, at most 20 long, with a view and an active one on each.</summary>
    private void Grow(LiveContainerd engine, string prefix, int count)
    {
        string parent = "";
        for (int i = 1; i <= count; i++)
        {
            string number = i.ToString(CultureInfo.InvariantCulture);
            string committed = $"{prefix}-c-{number}";
            if (_made.Contains(committed))
            {
                parent = committed;
                continue;
            }

            if (i % 20 == 0)
            {
                engine.Ctr("snapshots", "prepare", $"{prefix}-a-{number}", parent);
                View(engine, $"{prefix}-v-{number}", parent);
                _made.AddRange([$"{prefix}-v-{number}", $"{prefix}-a-{number}"]);
                parent = "";
            }

            engine.Ctr(["snapshots", "prepare", $"{prefix}-p-{number}", .. parent.Length > 0 ? new[] { parent } : []]);
            engine.Ctr("snapshots", "commit", committed, $"{prefix}-p-{number}");
            _made.Add(committed);
            parent = committed;
        }
    }

    /// <summary>Unlike the others, the client's views are garbage from the start, until they have a label.</summary>
    private static void View(LiveContainerd engine, string key, string parent)
    {
        do
            engine.Ctr("snapshots", "view", key, parent);
        while (engine.TryCtr("snapshots", "label", key, "containerd.io/gc.root=test").ExitCode != 0);
    }

    private void Drop(LiveContainerd engine)
    {
        if (_made.Count > 0)
            engine.RemoveSnapshots([.. Enumerable.Reverse(_made)]);
        _made.Clear();
    }

    private static void Compare(LiveContainerd engine)
    {
        string[] listed = [.. engine.Ctr("snapshots", "ls").Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1).Select(line => string.Join(' ', line.Split(' ', StringSplitOptions.RemoveEmptyEntries)))];
        ContainerdSnapshotStore store = Read(engine);

        Assert.Empty(store.Problems);
        Assert.Equal(listed.Order(StringComparer.Ordinal), store.SnapshotNames.Select(name => Describe(store, name)).Order(StringComparer.Ordinal));
        Assert.Equal(Tree(engine.Ctr("snapshots", "tree")).Order(), store.SnapshotNames.Select(name => (name.Name.ToString(), name.Parent.ToString())).Order());
        Assert.All(store.Snapshots, snapshot => Assert.True(store.TryGetLayer(snapshot.LayerId, out _)));
    }

    private static string Describe(ContainerdSnapshotStore store, ContainerdSnapshotName name)
    {
        Assert.True(store.TryGetSnapshot(name.Key, out ContainerdSnapshot? snapshot));
        Assert.Equal(name.Parent, store.SnapshotNames.SingleOrDefault(other => other.Key == snapshot.Parent)?.Name ?? default);
        return $"{name.Name} {(name.Parent.IsEmpty ? "" : name.Parent + " ")}{snapshot.Kind}";
    }

    /// <summary>Names and their parents, from lines that are indented by their depth.</summary>
    private static IEnumerable<(string Name, string Parent)> Tree(string text)
    {
        var path = new List<(int Indent, string Name)>();
        foreach (string line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            string name = line.TrimStart(' ', '\\', '_');
            int indent = line.Length - name.Length;
            path.RemoveAll(above => above.Indent >= indent);
            yield return (name, path.Count > 0 ? path[^1].Name : "");
            path.Add((indent, name));
        }
    }

    private static ContainerdSnapshotStore Read(LiveContainerd engine) => ContainerdSnapshotStore.Read(
        BytePath.FromText(LiveContainerd.DataRoot), new StoreReadOptions { HostRoot = BytePath.FromText(engine.Root) }, TestContext.Current.CancellationToken);
}
