using CsCheck;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Mounts;
using Overlay2.Storage.Repair.Hosts;

namespace Overlay2.Storage.PropertyTests.Repair;

/// <summary>The mounts in memory are found by indexes; a table that is made anew each time says what must be found.</summary>
public sealed class MemoryMountSetProperties
{
    private static readonly BytePath[] s_places = [.. ((string[])["/", "/a", "/a/b", "/a/b/c", "/d"]).Select(BytePath.FromText)];

    private static readonly Gen<(int Kind, int Which, int Place)[]> s_changes = Gen.Select(Gen.Int[0, 9], Gen.Int[0, 1000], Gen.Int[0, s_places.Length - 1]).Array[1, 40];

    [Fact]
    public void A_path_leads_where_a_table_of_the_same_mounts_says() => s_changes.Sample(
        changes =>
        {
            MemoryMountSet mounts = new();
            mounts.AddNamespace(0, MountTable.FromEntries([Entry(1, 0, BytePath.Root)]));
            List<int> marks = [0];
            foreach ((int kind, int which, int place) in changes)
            {
                MemoryMount[] all = [.. mounts.All];
                MemoryMount[] leaves = [.. all.Where(mount => mount.Id != 1 && !mounts.ChildrenOf(mount).Any())];
                switch (kind)
                {
                    case 0 when marks.Count > 0:
                        mounts.Return(marks[which % marks.Count]);
                        marks.RemoveAll(mark => mark > mounts.Mark);
                        break;
                    case 1 or 2 or 3 when leaves.Length > 0:
                        mounts.Remove(leaves[which % leaves.Length]);
                        break;
                    case 4 when leaves.Length > 0:
                        mounts.Change(leaves[which % leaves.Length], mount => mount.MountPoint = s_places[place]);
                        break;
                    case 5:
                        marks.Add(mounts.Mark);
                        break;
                    default:
                        // The smallest id that is free, as the kernel gives it: ids come again.
                        int id = Enumerable.Range(2, all.Length + 1).First(id => !Array.Exists(all, mount => mount.Id == id));
                        MemoryMount parent = all[which % all.Length];
                        if (s_places[place].StartsWith(parent.MountPoint))
                            mounts.Add(new MemoryMount(0, Entry(id, parent.Id, s_places[place])));
                        break;
                }

                MountTable table = mounts.Load(0);
                Assert.All(s_places, path => Assert.Equal(table.Resolve(path)?.MountId, mounts.Resolve(0, path)?.Id));
            }
        },
        iter: 5_000);

    private static MountEntry Entry(int id, int parent, BytePath place) => new()
    {
        MountId = id,
        ParentId = parent,
        MountPoint = place,
        Root = BytePath.Root,
        Options = ByteString.FromText("rw"),
        FileSystemType = ByteString.FromText("tmpfs"),
        Source = ByteString.FromText("none"),
        SuperOptions = ByteString.FromText("rw"),
    };
}
