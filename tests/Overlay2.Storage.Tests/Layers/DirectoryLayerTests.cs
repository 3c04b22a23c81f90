using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Interop;
using Overlay2.Storage.Kernel;
using Overlay2.Storage.Layers;
using Overlay2.Storage.Simulation;
using OpenFlags = Overlay2.Storage.Interop.OpenFlags;

namespace Overlay2.Storage.Tests.Layers;

public sealed partial class DirectoryLayerTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("overlay2-layer-").FullName;
    private readonly string _top;
    private DirectoryLayer? _layer;

    public DirectoryLayerTests() => _top = Directory.CreateDirectory(_folder + "/top").FullName;

    private DirectoryLayer Layer => _layer ??= DirectoryLayer.Open(BytePath.FromText(_top)).Value!;

    public void Dispose()
    {
        _layer?.Dispose();
        _ = RemoveTree(_folder);
    }

    [Fact]
    public void A_directory_that_is_not_there_is_a_problem()
    {
        LayerResult<DirectoryLayer> none = DirectoryLayer.Open(BytePath.FromText(_top + "/none"));
        Assert.Equal((false, LayerOperation.Open, LinuxError.ENOENT), (none.IsRead, none.Problem!.Operation, none.Problem.Error));
        File.WriteAllText(_top + "/file", "");
        Assert.Equal(LinuxError.ENOTDIR, DirectoryLayer.Open(BytePath.FromText(_top + "/file")).Problem!.Error);
    }

    [Fact]
    public void Opening_reads_nothing()
    {
        string empty = Directory.CreateDirectory(_folder + "/empty").FullName;
        for (int i = 0; i < 800; i++)
            File.WriteAllText($"{_top}/{i}", "");

        long Cost(string path)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            DirectoryLayer.Open(BytePath.FromText(path)).Value!.Dispose();
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }

        _ = Cost(empty);
        Assert.InRange(Cost(_top), 0, Cost(empty) + 256);
    }

    /// <summary>The way back up goes by <c>..</c> of the directory that is open, and that may be another place by then.</summary>
    [Fact]
    public void A_directory_that_is_moved_meanwhile_does_not_lead_to_another_one()
    {
        Directory.CreateDirectory(_top + "/a/b");
        Directory.CreateDirectory(_top + "/other");
        File.WriteAllText(_top + "/a/mine", "");
        File.WriteAllText(_top + "/other/theirs", "");
        LayerObject a = Layer.Find(BytePath.FromText("a")).Value!, b = Layer.Find(a, ByteString.FromText("b")).Value!;

        Assert.Equal(LinuxError.ENOENT, Layer.Find(b, ByteString.FromText("none")).Problem!.Error);
        Assert.True(Layer.Find(a, ByteString.FromText("mine")).IsRead);

        Assert.Equal(LinuxError.ENOENT, Layer.Find(b, ByteString.FromText("none")).Problem!.Error);
        Directory.Move(_top + "/a/b", _top + "/other/b");
        Assert.Equal(LinuxError.ENOENT, Layer.Find(a, ByteString.FromText("theirs")).Problem!.Error);
        Assert.True(Layer.Find(a, ByteString.FromText("mine")).IsRead);
    }

    [Fact]
    public void Names_are_bytes()
    {
        byte[][] names = [[0xff, 0xfe], [.. "caf"u8, 0xe9], Enumerable.Repeat((byte)'x', 255).ToArray(), "a\nb c\\"u8.ToArray(), [1]];
        foreach (byte[] name in names)
            Make([.. Encoding.UTF8.GetBytes(_top), (byte)'/', .. name]);

        ImmutableArray<LayerObject> read = All(Layer.Enumerate(Layer.Root));
        Assert.Equal(names.Select(n => new ByteString(n)).Order(), read.Select(e => e.Name).Order());
        Assert.All(names, name => Assert.Equal(FileType.Regular, Layer.Find(new BytePath(name)).Value!.Type));
    }

    [Fact]
    public void Two_names_of_one_file_show_one_inode()
    {
        File.WriteAllText(_top + "/a", "x");
        Directory.CreateDirectory(_top + "/d");
        Assert.Equal(0, link(_top + "/a", _top + "/d/b"));
        LayerObject first = Find("a"), second = Find("d/b");
        Assert.Equal((first.Inode, 2, 2), (second.Inode, first.LinkCount, second.LinkCount));
    }

    [Fact]
    public void Holes_are_seen_without_reading()
    {
        using (FileStream file = File.Create(_top + "/holes"))
        {
            file.SetLength(50L << 30);
            file.Position = 1 << 20;
            file.Write(new byte[4096]);
        }

        LayerObject at = Find("holes");
        LayerRange range = Assert.Single(Layer.ReadDataRanges(at).Value);
        Assert.Equal((1L << 20, (1L << 20) + 4096, 50L << 30), (range.Start, range.End, at.Size));
        Assert.True(at.AllocatedBytes < 1 << 20);
        Assert.Empty(Layer.ReadDataRanges(Empty("nothing")).Value);
    }

    [Fact]
    public void A_link_is_read_and_never_followed()
    {
        Directory.CreateDirectory(_folder + "/outside");
        File.WriteAllText(_folder + "/outside/secret", "s");
        File.CreateSymbolicLink(_top + "/absolute", _folder + "/outside");
        File.CreateSymbolicLink(_top + "/relative", "../outside");
        File.CreateSymbolicLink(_top + "/loop", "loop");
        foreach (string name in (string[])["absolute", "relative", "loop"])
        {
            LayerObject link = Find(name);
            Assert.Equal(FileType.SymbolicLink, link.Type);
            Assert.Equal(File.ResolveLinkTarget(_top + "/" + name, false)!.Name, Layer.ReadLink(link).Value.FileName.ToString());
            Assert.Equal(LinuxError.EINVAL, Layer.Read(link, 0, new byte[1]).Problem!.Error);
            LayerProblem problem = Layer.Find(BytePath.FromText(name + "/secret")).Problem!;
            Assert.Contains(problem.Error, (LinuxError[])[LinuxError.ELOOP, LinuxError.ENOTDIR]);
        }

        Assert.Equal(3, All(Layer.Walk(Layer.Root)).Length);
        Assert.Equal(LinuxError.EINVAL, Layer.Find(Layer.Root, ByteString.FromText("..")).Problem!.Error);
        Assert.Equal(LinuxError.EINVAL, Layer.Find(Layer.Root, ByteString.FromText("absolute/secret")).Problem!.Error);
        Assert.Equal(LinuxError.EINVAL, Layer.Find(BytePath.FromText("../outside/secret")).Problem!.Error);
    }

    [Fact]
    public void What_was_a_directory_and_is_a_link_now_is_not_followed()
    {
        Directory.CreateDirectory(_top + "/d/e");
        LayerObject directory = Find("d"), below = Find("d/e");
        Directory.Delete(_top + "/d", recursive: true);
        File.CreateSymbolicLink(_top + "/d", _folder);

        Assert.Equal(LayerOperation.Open, Assert.Single(Layer.Enumerate(directory)).Problem!.Operation);
        Assert.Equal(LayerOperation.Open, Assert.Single(Layer.Walk(below)).Problem!.Operation);
        Assert.False(Layer.Find(below, ByteString.FromText("x")).IsRead);
    }

    [Fact]
    public void What_goes_away_is_a_problem_and_no_exception()
    {
        File.WriteAllText(_top + "/f", "x");
        LayerObject file = Find("f");
        File.Delete(_top + "/f");
        Assert.Equal(
            [LinuxError.ENOENT, LinuxError.ENOENT, LinuxError.ENOENT, LinuxError.ENOENT],
            [Layer.Read(file, 0, new byte[1]).Problem!.Error, Layer.ReadDataRanges(file).Problem!.Error, Layer.ReadAttributes(file).Problem!.Error, Layer.ReadLink(file).Problem!.Error]);
        Assert.Equal("f", Layer.Read(file, 0, new byte[1]).Problem!.Path.ToString());
    }

    [Fact]
    public void A_pipe_is_not_opened()
    {
        Assert.Equal(0, mkfifo(_top + "/pipe", 0x1A4));
        LayerObject pipe = Find("pipe");
        Assert.Equal(FileType.Fifo, pipe.Type);
        Assert.Equal(LinuxError.EINVAL, Layer.Read(pipe, 0, new byte[1]).Problem!.Error);
        Assert.DoesNotContain(Layer.ReadAttributes(pipe).Value!, static a => a.Key.Span.StartsWith("user."u8));
    }

    [Fact]
    public void Attributes_are_read_whole()
    {
        byte[] large = Enumerable.Range(0, 3000).Select(i => (byte)i).ToArray();
        LayerObject file = Empty("f");
        byte[] path = Encoding.UTF8.GetBytes(_top + "/f");
        Assert.SkipWhen(LibC.SetExtendedAttribute(path, "user.large"u8, large) == Errno.EOPNOTSUPP, "The file system has no user attributes.");
        Assert.Equal(default, LibC.SetExtendedAttribute(path, (ReadOnlySpan<byte>)[.. "user."u8, 0xff], default));
        ImmutableSortedDictionary<ByteString, ByteString> read = Layer.ReadAttributes(file).Value!;
        Assert.Equal(large, read[ByteString.FromText("user.large")].Span);
        Assert.True(read[new ByteString((ReadOnlySpan<byte>)[.. "user."u8, 0xff])].IsEmpty);
    }

    [Fact]
    public void Bytes_are_read_from_where_they_are_asked_for()
    {
        File.WriteAllText(_top + "/f", "0123456789");
        byte[] buffer = new byte[6];
        Assert.Equal(6, Layer.Read(Find("f"), 2, buffer).Value);
        Assert.Equal("234567"u8, buffer);
        Assert.Equal(2, Layer.Read(Find("f"), 8, buffer).Value);
        Assert.Equal(0, Layer.Read(Find("f"), 80, buffer).Value);
    }

    [Fact]
    public void Paths_longer_than_the_kernel_takes_are_reached()
    {
        const int Levels = 60;
        byte[] name = Enumerable.Repeat((byte)'d', 200).ToArray();
        Assert.True(LibC.TryOpen(Encoding.UTF8.GetBytes(_top), OpenFlags.Path | OpenFlags.Directory, out SafeFileHandle at, out _));
        for (int i = 0; i < Levels; i++)
        {
            Assert.Equal(default, LibC.MakeDirectory(at, name, 0x1ED));
            Assert.True(LibC.TryOpenAt(at, name, OpenFlags.Path | OpenFlags.Directory, out SafeFileHandle next, out _));
            at.Dispose();
            at = next;
        }

        at.Dispose();
        ImmutableArray<LayerObject> all = All(Layer.Walk(Layer.Root));
        Assert.Equal(Levels, all.Length);
        Assert.True(all[^1].Path.Length > 4096 * 2);
        Assert.True(Layer.Find(all[^1].Path).IsRead);
        Assert.True(Layer.ReadAttributes(all[^1]).IsRead);
    }

    [Fact]
    public void A_walk_kept_in_memory_takes_250_bytes_an_object_at_most()
    {
        const int Directories = 8, Files = 400;
        for (int d = 0; d < Directories; d++)
        {
            string folder = Directory.CreateDirectory($"{_top}/usr-{d}").FullName;
            for (int f = 0; f < Files; f++)
                File.WriteAllText($"{folder}/some-library-{f}.so", "");
        }

        _ = All(Layer.Enumerate(Layer.Root));

        // What is allocated for good and for a moment, on this thread alone.
        long before = GC.GetAllocatedBytesForCurrentThread();
        var kept = new List<LayerObject>((Files + 1) * Directories);
        foreach (LayerResult<LayerObject> entry in Layer.Walk(Layer.Root))
            kept.Add(entry.Value!);
        long bytes = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.Equal((Files + 1) * Directories, kept.Count);
        Assert.InRange(bytes / kept.Count, 1, 250);
    }

    [Fact]
    public void Several_threads_read_one_layer()
    {
        for (int i = 0; i < 8; i++)
            File.WriteAllText($"{Directory.CreateDirectory($"{_top}/{i}").FullName}/f", i.ToString(System.Globalization.CultureInfo.InvariantCulture));
        LayerObject[] directories = [.. Enumerable.Range(0, 8).Select(i => Find(i.ToString(System.Globalization.CultureInfo.InvariantCulture)))];
        Parallel.For(0, 2000, i =>
        {
            byte[] buffer = new byte[1];
            LayerResult<LayerObject> file = Layer.Find(directories[i % 8], ByteString.FromText("f"));
            Assert.Equal(1, Layer.Read(file.Value!, 0, buffer).Value);
            Assert.Equal('0' + (i % 8), buffer[0]);
            Assert.True(Layer.ReadAttributes(file.Value!).IsRead);
        });
    }

    [Fact]
    public void A_directory_comes_before_what_it_holds()
    {
        Directory.CreateDirectory(_top + "/a/b/c");
        Directory.CreateDirectory(_top + "/d/e");
        File.WriteAllText(_top + "/a/b/c/f", "");
        HashSet<string> seen = [""];
        Assert.All(Layer.Walk(Layer.Root), entry =>
        {
            Assert.True(entry.Value!.Path.TryGetParent(out BytePath parent));
            Assert.Contains(parent.ToString(), seen);
            Assert.True(seen.Add(entry.Value.Path.ToString()));
        });
        Assert.Equal(7, seen.Count);
    }

    private static ImmutableArray<LayerObject> All(IEnumerable<LayerResult<LayerObject>> entries) => [.. entries.Select(static entry => entry.Value!)];

    private static void Make(ReadOnlySpan<byte> path)
    {
        Assert.True(LibC.TryOpenAt(LibC.CurrentDirectory, path, OpenFlags.WriteOnly | OpenFlags.Create, 0x1A4, out SafeFileHandle file, out Errno error), error.ToString());
        file.Dispose();
    }

    /// <summary>Directory.Delete knows neither names that are not UTF-8 nor long paths.</summary>
    private static int RemoveTree(string folder)
    {
        using var process = System.Diagnostics.Process.Start("rm", ["-rf", folder]);
        process.WaitForExit();
        return process.ExitCode;
    }

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int link(string from, string to);

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int mkfifo(string path, uint mode);

    private LayerObject Find(string path) => Layer.Find(BytePath.FromText(path)).Value!;

    private LayerObject Empty(string path)
    {
        File.WriteAllText($"{_top}/{path}", "");
        return Find(path);
    }
}
