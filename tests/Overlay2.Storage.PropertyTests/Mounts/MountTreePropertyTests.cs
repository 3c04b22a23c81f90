using System.Text;
using CsCheck;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Mounts;

namespace Overlay2.Storage.PropertyTests.Mounts;

public sealed class MountTreePropertyTests
{
    private static readonly Gen<string> s_component = OneOf("a", "b", "ab");

    private static readonly Gen<string> s_path = s_component.Array[0, 4].Select(components => "/" + string.Join('/', components));

    /// <summary>Mounts as a kernel could have made them: each on an earlier one, at a path below it.</summary>
    private static readonly Gen<(int Id, int Parent, string Point)[]> s_tree =
        Gen.Select(Gen.Int[0, 1000], s_component.Array[0, 2]).Array[0, 25].Select(children =>
        {
            var mounts = new List<(int Id, int Parent, string Point)> { (100, 99, "/") };
            foreach ((int choice, string[] below) in children)
            {
                (int parent, _, string point) = mounts[choice % mounts.Count];
                string path = point.TrimEnd('/') + string.Concat(below.Select(name => "/" + name));
                mounts.Add((100 + mounts.Count, parent, path.Length > 0 ? path : "/"));
            }

            return mounts.ToArray();
        });

    /// <summary>Lines that no kernel wrote: ids twice, rings, missing parents, mount points anywhere.</summary>
    private static readonly Gen<(int Id, int Parent, string Point)[]> s_junk =
        Gen.Select(Gen.Int[0, 7], Gen.Int[0, 9], Gen.Frequency((9, s_path), (1, OneOf("a/b", "//a//", "/a/", "", "//")))).Array[0, 12];

    [Fact]
    public void Walk_and_visibility_of_a_tree_are_those_of_the_literal_rule() => s_tree.Sample(Compare);

    [Fact]
    public void Walk_and_visibility_of_any_lines_are_those_of_the_literal_rule() => s_junk.Sample(Compare, iter: 10_000);

    [Fact]
    public void Each_entry_is_reached_once_from_the_top() => s_junk.Sample(mounts =>
    {
        MountTable table = Table(mounts);
        var reached = new List<MountEntry>();
        Collect(table.TopLevel, parent: null);
        Assert.Equal(table.Entries.Length, reached.Count);
        Assert.Equal(table.Entries.Length, reached.Distinct().Count());

        void Collect(MountSequence sequence, MountEntry? parent)
        {
            foreach (MountEntry mount in sequence)
            {
                Assert.Same(parent, table.GetParent(mount));
                reached.Add(mount);
                Collect(table.GetChildren(mount), mount);
            }
        }
    });

    [Fact]
    public void Mounts_by_point_are_all_of_that_point_in_order() => Gen.Select(s_junk, s_path).Sample((mounts, path) =>
    {
        MountTable table = Table(mounts);
        BytePath wanted = BytePath.FromText(path);
        Assert.Equal(
            table.Entries.Where(entry => entry.MountPoint.StartsWith(wanted) && wanted.StartsWith(entry.MountPoint)),
            table.GetByMountPoint(wanted));
    });

    private static Gen<string> OneOf(params string[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);

    private static MountTable Table((int Id, int Parent, string Point)[] mounts) => MountTable.Parse(Encoding.ASCII.GetBytes(
        string.Concat(mounts.Select(mount => $"{mount.Id} {mount.Parent} 0:1 / {mount.Point} rw - tmpfs none rw\n"))));

    private static void Compare((int Id, int Parent, string Point)[] mounts)
    {
        MountTable table = Table(mounts);
        var naive = new NaiveMountTree(table.Entries);
        foreach (MountEntry entry in table.Entries)
        {
            MountVisibility visibility = table.GetVisibility(entry);
            Assert.Equal(naive.GetStatus(entry), visibility.Status);
            if (visibility.IsHidden)
                Assert.Same(naive.Walk(entry.MountPoint.ToString()), visibility.HiddenBy);
        }

        foreach (string path in (string[])["/", "/a", "/a/b", "/ab/a/b", "/b/b/b/b", "//b//ab/"])
            Assert.Same(naive.Walk(path), table.Resolve(BytePath.FromText(path)));
    }
}
