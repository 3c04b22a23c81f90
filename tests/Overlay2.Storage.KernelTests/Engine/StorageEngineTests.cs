namespace Overlay2.Storage.KernelTests.Engine;

[Collection(EngineCollection.Name)]
public sealed class StorageEngineTests(SharedEngine shared)
{
    [Fact]
    public void A_container_runs_and_its_overlay_is_reached_from_here()
    {
        LiveEngine engine = shared.Engine;
        engine.MakeImage("o2-base:1", root => File.WriteAllText($"{root}/one", "1"));
        engine.Build("o2-app:1", "FROM o2-base:1\nRUN echo 2 > /two\n");

        EngineContainer container = engine.RunContainer("o2-app:1");

        Assert.Equal("1", container.Shell("cat /one; echo new > /three").Output);
        Assert.Equal("2\n", File.ReadAllText($"{container.Root}/two"));
        Assert.Equal("new\n", File.ReadAllText($"{container.Upper}/three"));
        Assert.Equal("new\n", File.ReadAllText($"{engine.Root}{container.Merged}/three"));
        engine.Inside(() =>
        {
            Assert.Equal("new\n", File.ReadAllText($"{container.Merged}/three"));
            Assert.Contains($" {container.Merged} ", File.ReadAllText("/proc/thread-self/mountinfo"), StringComparison.Ordinal);
        });
        Assert.Equal("overlay2", engine.Docker("info", "-f", "{{.Driver}}"));
    }
}
