using Overlay2.Storage.Bytes;
using Overlay2.Storage.Repair.Actions;
using Overlay2.Storage.Repair.Scripts;

namespace Overlay2.Storage.KernelTests.Repair;

/// <summary>Places for mounts that a crash left half made or half removed.</summary>
public sealed class PlaceTests
{
    [Fact]
    public void What_is_left_of_a_place_goes_and_a_whole_one_stays()
    {
        using var machine = new FaultyNamespace("stacked");
        BytePath place = machine.Scratch.Combine(BytePath.FromText("keep/one"));
        string word = ShellScript.Quote(place.Bytes);
        bool IsThere() => machine.Shell($"if [ -d {word} ]; then echo there; fi").Output.Trim() == "there";

        machine.Shell($"mkdir -p {word}");
        Assert.True(IsThere());
        Assert.True(new MakePlaceAction(place).Tidy(machine.Host).IsDone);
        Assert.False(IsThere());
        Assert.True(new MakePlaceAction(place).Tidy(machine.Host).IsDone);

        Assert.True(new MakePlaceAction(place).Run(machine.Host).IsDone);
        Assert.True(new RemovePlaceAction(place).Tidy(machine.Host).IsDone);
        Assert.Contains(machine.Host.Mounts.LoadMounts(0).Entries, mount => mount.MountPoint == place);

        Assert.True(new RemovePlaceAction(place).Run(machine.Host).IsDone);
        machine.Shell($"mkdir -p {word}/mount");
        Assert.True(new RemovePlaceAction(place).Tidy(machine.Host).IsDone);
        Assert.False(IsThere());
    }
}
