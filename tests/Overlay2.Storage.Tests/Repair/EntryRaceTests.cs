using Overlay2.Storage.Bytes;
using Overlay2.Storage.Engines;
using Overlay2.Storage.Repair;
using Overlay2.Storage.Repair.Hosts;
using Overlay2.Storage.Tests.Engines;

namespace Overlay2.Storage.Tests.Repair;

/// <summary>Somebody else comes in between the look at an entry and the call that acts on it: what they put there stays.</summary>
public sealed class EntryRaceTests : IDisposable
{
    private const string Spare = ".overlay2-storage.new";
    private const string Kept = ".overlay2-storage.kept";

    private readonly TemporaryTree _tree = new TemporaryTree().WithDirectory("store").WithDirectory("store/quarantine");

    private StorePlace Place => new(BytePath.FromText(_tree["store"]), BytePath.FromText("entry"));

    public void Dispose() => _tree.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void What_came_before_the_call_stays(bool isRemoval)
    {
        _tree.WithFile("store/entry", "meant");
        var host = new LinuxHost { EntryCheckpoint = where => Put(where, "before the rename", "theirs") };

        HostResult result = host.Entries.ReplaceEntry(Place, EntryState.File(ByteString.FromText("meant")), isRemoval ? EntryState.Missing : EntryState.File(ByteString.FromText("new")), like: null);

        Assert.False(result.IsDone);
        Assert.Equal("theirs", File.ReadAllText(_tree["store/entry"]));
        Assert.False(Path.Exists(_tree[$"store/{Spare}"]));
    }

    [Fact]
    public void What_came_to_a_free_place_stays()
    {
        var host = new LinuxHost { EntryCheckpoint = where => Put(where, "before the rename", "theirs") };

        Assert.False(host.Entries.ReplaceEntry(Place, EntryState.Missing, EntryState.File(ByteString.FromText("new")), like: null).IsDone);

        Assert.Equal("theirs", File.ReadAllText(_tree["store/entry"]));
        Assert.False(Path.Exists(_tree[$"store/{Spare}"]));
    }

    [Fact]
    public void What_cannot_be_put_back_is_kept()
    {
        _tree.WithFile("store/entry", "meant");
        var host = new LinuxHost
        {
            EntryCheckpoint = where =>
            {
                Put(where, "before the rename", "first");
                Put(where, "before it is put back", "second");
            },
        };

        HostResult result = host.Entries.ReplaceEntry(Place, EntryState.File(ByteString.FromText("meant")), EntryState.Missing, like: null);

        Assert.Contains(Kept, result.Error, StringComparison.Ordinal);
        Assert.Equal("second", File.ReadAllText(_tree["store/entry"]));
        Assert.Equal("first", File.ReadAllText(_tree[$"store/{Kept}"]));
        Assert.True(host.Entries.ClearLeftOver(Place).IsDone);
        Assert.Equal("first", File.ReadAllText(_tree[$"store/{Kept}"]));
    }

    [Fact]
    public void A_directory_that_is_another_by_now_is_not_moved()
    {
        _tree.WithDirectory("store/entry");
        EntryIdentity meant = new LinuxHost().Entries.IdentifyEntry(Place);
        var host = new LinuxHost
        {
            EntryCheckpoint = _ =>
            {
                Directory.Move(_tree["store/entry"], _tree["store/elsewhere"]);
                _tree.WithDirectory("store/entry");
            },
        };

        HostResult result = host.Entries.MoveEntry(Place, Place with { Path = BytePath.FromText("quarantine/entry") }, meant, synchronize: false);

        Assert.False(result.IsDone);
        Assert.True(Directory.Exists(_tree["store/entry"]));
        Assert.False(Path.Exists(_tree["store/quarantine/entry"]));
        Assert.Equal(StoreEntryType.Directory, meant.Type);
    }

    private void Put(string where, string when, string content)
    {
        if (where != when)
            return;

        // By a name of its own, as a careful writer does: another file.
        File.WriteAllText(_tree["store/theirs"], content);
        File.Move(_tree["store/theirs"], _tree["store/entry"], overwrite: true);
    }
}
