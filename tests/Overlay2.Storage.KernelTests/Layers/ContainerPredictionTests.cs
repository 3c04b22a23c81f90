using System.Globalization;
using System.IO.MemoryMappedFiles;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Kernel;
using Overlay2.Storage.KernelTests.Engine;
using Overlay2.Storage.Layers;
using Overlay2.Storage.Simulation;

namespace Overlay2.Storage.KernelTests.Layers;

/// <summary>A running container of a real engine: each operation is predicted, then done in the container, with the same result.</summary>
[Collection(EngineCollection.Name)]
public sealed class ContainerPredictionTests(SharedEngine shared, ITestOutputHelper output)
{
    private const int BigFile = 8 << 20;

    [Fact]
    public void A_full_disk_stops_every_change_that_copies_data_up_and_none_that_does_not()
    {
        EngineContainer container = Start();
        string filler = $"{container.Engine.Root}{LiveEngine.DataRoot}/filler";
        LiveAction.Fill(filler, leave: BigFile / 2);
        try
        {
            foreach ((OverlayOperation operation, string command) in ((OverlayOperation, string)[])
            [
                (OverlayOperation.Append(2), "echo x >> /big"),
                (OverlayOperation.ChangeMode(0x180), "chmod 600 /big"),
                (OverlayOperation.Touch, "touch /big"),
                (OverlayOperation.Truncate(0), "truncate -s 0 /big"),
            ])
            {
                Prediction full = Predict(container, "big", operation);
                Assert.Equal((LinuxError.ENOSPC, BigFile), (full.Error, full.CopyUpBytes));
                Assert.True(full.Space!.UsableBytes < full.SpaceNeeded);
                ToolRun run = container.Shell(command);
                Assert.NotEqual(0, run.ExitCode);
                Assert.Contains("No space left on device", run.Error, StringComparison.Ordinal);
            }

            Prediction emptied = Predict(container, "big", OverlayOperation.Empty);
            Assert.Equal((LinuxError.OK, 0), (emptied.Error, emptied.CopyUpBytes));
            Assert.Equal("0", Ok(container.Shell(": > /big && stat -c %s /big")));
        }
        finally
        {
            File.Delete(filler);
        }
    }

    [Fact]
    public void A_directory_of_the_image_cannot_be_renamed_and_a_fresh_one_can()
    {
        EngineContainer container = Start();
        Prediction image = Predict(container, "data/d1", OverlayOperation.Rename(BytePath.FromText("data/d2")));
        Assert.Equal((LinuxError.EXDEV, "redirect_dir=on"), (image.Error, image.Advice!.Option));
        Assert.Contains("native diff off", image.Advice.Price, StringComparison.Ordinal);
        Assert.Equal(LinuxError.EXDEV, LiveAction.Do(container.Root, "data/d1", image.Operation));

        Ok(container.Shell("mkdir /data/fresh"));
        Prediction fresh = Predict(container, "data/fresh", OverlayOperation.Rename(BytePath.FromText("data/moved")));
        Assert.Equal((LinuxError.OK, null), (fresh.Error, fresh.Advice));
        Assert.Equal(LinuxError.OK, LiveAction.Do(container.Root, "data/fresh", fresh.Operation));
        Assert.Equal("moved", Ok(container.Shell("cd /data; ls -d moved")));
    }

    [Fact]
    public void A_hard_link_is_broken_and_gets_another_number_where_a_single_file_keeps_its_own()
    {
        EngineContainer container = Start();
        Prediction linked = Predict(container, "data/one", OverlayOperation.Append(4));
        Assert.Equal((LinuxError.OK, 1, true, false), (linked.Error, linked.BrokenLinks, linked.InodeChanges, linked.DeviceChanges));
        string before = Ok(container.Shell("stat -c '%i %d' /data/one"));
        string after = Ok(container.Shell("echo new >> /data/one; stat -c '%i %d' /data/one"));
        Assert.NotEqual(before.Split(' ')[0], after.Split(' ')[0]);
        Assert.Equal(before.Split(' ')[1], after.Split(' ')[1]);
        Assert.Equal("one|one new", Ok(container.Shell("echo \"$(cat /data/two)|$(echo $(cat /data/one))\"")));

        Prediction single = Predict(container, "single", OverlayOperation.Append(4));
        Assert.Equal((LinuxError.OK, 0, false, false), (single.Error, single.BrokenLinks, single.InodeChanges, single.DeviceChanges));
        before = Ok(container.Shell("stat -c '%i %d' /single"));
        Assert.Equal(before, Ok(container.Shell("echo new >> /single; stat -c '%i %d' /single")));
    }

    [Fact]
    public void A_map_made_before_a_copy_up_is_stale_and_a_descriptor_is_not()
    {
        EngineContainer container = Start();
        using FileStream open = File.OpenRead($"{container.Root}/mapped");
        using MemoryMappedFile map = MemoryMappedFile.CreateFromFile(open, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: true);
        using MemoryMappedViewAccessor view = map.CreateViewAccessor(0, 0, MemoryMappedFileAccess.Read);
        Assert.Equal((byte)'o', view.ReadByte(0));

        Prediction written = Predict(container, "mapped", OverlayOperation.Write(4));
        Assert.Equal((LinuxError.OK, true, false), (written.Error, written.MappingsStale, written.DescriptorsStale));
        Ok(container.Shell("echo new | dd of=/mapped conv=notrunc 2>/dev/null"));
        Assert.Equal((byte)'o', view.ReadByte(0));
        Span<byte> bytes = stackalloc byte[1];
        Assert.Equal(1, RandomAccess.Read(open.SafeFileHandle, bytes, 0));
        Assert.Equal((byte)'n', bytes[0]);

        // Now that the file is in the upper layer, the next change leaves nobody behind.
        Assert.False(Predict(container, "mapped", OverlayOperation.Write(4)).MappingsStale);
    }

    [Fact]
    public void Removing_a_file_of_the_image_leaves_a_whiteout()
    {
        EngineContainer container = Start();
        Prediction removed = Predict(container, "data/gone", OverlayOperation.Unlink);
        Assert.Equal((LinuxError.OK, "data/gone"), (removed.Error, Assert.Single(removed.Whiteouts).ToString()));
        Assert.Equal("absent", Ok(container.Shell("rm /data/gone; [ -e /data/gone ] || echo absent")));
        Assert.Equal("0 0 character special file", Ok(ToolRun.Of("stat", ["-c", "%t %T %F", $"{container.Upper}/data/gone"])));
    }

    [Fact]
    public void The_cost_of_a_recursive_change_is_what_the_upper_layer_grows_by()
    {
        EngineContainer container = Start();
        using (LiveOverlay overlay = Open(container, "data"))
        {
            TreeCost cost = overlay.PredictTree(overlay.Path, TreeOperation.ChangeOwner, cancellationToken: TestContext.Current.CancellationToken);
            Assert.Equal((LinuxError.OK, 0, 0), (cost.Error, cost.InUpper, cost.ProblemCount));
            Ok(container.Shell("chown -R 7:7 /data"));
            string[] lines = Ok(ToolRun.Of("find", [$"{container.Upper}/data", "-printf", "%y %s\n"])).Split('\n');
            Assert.Equal(cost.Objects, lines.Length);
            Assert.Equal(cost.Directories, lines.Count(static line => line[0] == 'd'));
            Assert.Equal(cost.Files, lines.Count(static line => line[0] == 'f'));
            Assert.Equal(cost.CopyUpBytes, lines.Where(static line => line[0] == 'f').Sum(static line => long.Parse(line[2..], CultureInfo.InvariantCulture)));
        }

        using LiveOverlay after = Open(container, "data");
        TreeCost again = after.PredictTree(after.Path, TreeOperation.ChangeMode, cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal((again.Objects, 0), (again.InUpper, again.CopyUpBytes));
    }

    [Fact]
    public void The_merged_directory_is_opened_in_the_engines_own_mounts_without_more_words()
    {
        EngineContainer container = Start();
        container.Engine.Inside(() =>
        {
            using LiveOverlay overlay = LiveOverlay.Open(BytePath.FromText($"{container.Merged}/data/one"));
            Assert.Equal((container.Merged, "data/one"), (overlay.Mount.MountPoint.ToString(), overlay.Path.ToString()));
            Assert.Equal(1, overlay.Predict(OverlayOperation.Append()).BrokenLinks);
        });

        // Here the same names are other directories, or none.
        LiveOverlayException wrong = Assert.Throws<LiveOverlayException>(() => LiveOverlay.Open(BytePath.FromText($"{container.Root}/data")));
        Assert.Equal(LiveOverlayFailure.Layer, wrong.Failure);
    }

    private static LiveOverlay Open(EngineContainer container, string path) => LiveOverlay.Open(
        BytePath.FromText($"{container.Root}/{path}"), new LiveOverlayOptions { LayerRoot = BytePath.FromText(container.Engine.Root) });

    private static string Ok(ToolRun run)
    {
        Assert.True(run.ExitCode == 0, run.Error);
        return run.Output.TrimEnd('\n');
    }

    private EngineContainer Start()
    {
        LiveEngine engine = shared.Engine;
        if (engine.TryDocker("image", "inspect", "o2-predict:1").ExitCode != 0)
        {
            engine.MakeImage("o2-predict-base:1", root =>
            {
                Directory.CreateDirectory($"{root}/data/d1");
                File.WriteAllText($"{root}/data/one", "one\n");
                ToolRun.Of("ln", [$"{root}/data/one", $"{root}/data/two"]);
                File.WriteAllText($"{root}/data/d1/f", "f");
                File.WriteAllText($"{root}/data/gone", "gone");
                File.WriteAllText($"{root}/mapped", "old\n");
                File.WriteAllBytes($"{root}/big", Enumerable.Repeat((byte)7, BigFile).ToArray());
            });
            engine.Build("o2-predict:1", "FROM o2-predict-base:1\nRUN echo s > /single\nRUN echo more > /data/d1/more\n");
        }

        return engine.RunContainer("o2-predict:1");
    }

    /// <summary>Predicts, and holds that nothing changed: not a byte of the layers, not a line of the mount tables.</summary>
    private Prediction Predict(EngineContainer container, string path, OverlayOperation operation)
    {
        string before = State(container);
        Prediction prediction;
        using (LiveOverlay overlay = Open(container, path))
            prediction = overlay.Predict(operation);
        Assert.Equal(before, State(container));
        Assert.Empty(prediction.Problems);
        output.WriteLine($"/{path} {operation.Kind}: {prediction.Error}, {prediction.CopyUpBytes} bytes, links {prediction.BrokenLinks}, st_ino changes {prediction.InodeChanges}, map stale {prediction.MappingsStale}, whiteouts {prediction.Whiteouts.Length}");
        return prediction;
    }

    private static string State(EngineContainer container)
    {
        string layers = $"{container.Engine.Root}{LiveEngine.DataRoot}/overlay2";
        IEnumerable<string> folders = Directory.EnumerateDirectories(layers).Where(static folder => Path.GetFileName(folder) != "l")
            .SelectMany(static folder => (string[])[$"{folder}/diff", $"{folder}/work"]).Where(Directory.Exists).Order(StringComparer.Ordinal);
        string mounts = string.Concat(((int[])[container.ProcessId, container.Engine.ProcessId, Environment.ProcessId]).Select(static process => File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/mountinfo"))));
        return DiskState.Of(folders) + mounts;
    }
}
