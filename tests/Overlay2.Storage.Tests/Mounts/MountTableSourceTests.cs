using System.Diagnostics;
using System.Text;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Mounts;

namespace Overlay2.Storage.Tests.Mounts;

public sealed class MountTableSourceTests : IDisposable
{
    private const string Line = "1 0 0:1 / / rw - tmpfs none rw\n";

    private readonly string _scratch = Directory.CreateTempSubdirectory("overlay2-").FullName;

    public void Dispose() => Directory.Delete(_scratch, recursive: true);

    private static MountTableSource FileSource(string path) => MountTableSource.File(BytePath.FromText(path));

    private string Write(string name, string text)
    {
        string path = Path.Combine(_scratch, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text, Encoding.Latin1);
        return path;
    }

    private static MountTableFailure Failure(MountTableSource source, MountTableLoadOptions? options = null)
    {
        MountTableException thrown = Assert.Throws<MountTableException>(() => MountTable.Load(source, options));
        Assert.Contains(thrown.Path.ToString(), thrown.Message, StringComparison.Ordinal);
        return thrown.Failure;
    }

    [Fact]
    public async Task A_file_is_read_to_its_end()
    {
        string text = string.Concat(Enumerable.Range(1, 5000).Select(i => $"{i} 0 0:1 / /{new string('x', i % 200)} rw - tmpfs none rw\n"));
        string path = Write("mountinfo", text);

        Assert.Equal(5000, MountTable.Load(FileSource(path)).Entries.Length);
        Assert.Equal(5000, MountTable.Load(FileSource(path), new() { Strict = true }).Entries.Length);
        MountTable table = await MountTable.LoadAsync(FileSource(path), cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(5000, table.Entries.Length);
    }

    [Fact]
    public void The_own_table_shows_the_root()
    {
        MountTable table = MountTable.Load(MountTableSource.Self);

        Assert.NotNull(table.Resolve(BytePath.Root));
        Assert.Equal(table.Entries.Length, MountTable.Load(MountTableSource.Process(Environment.ProcessId), new() { Strict = true }).Entries.Length);
    }

    [Fact]
    public void A_host_root_has_the_table_of_process_1()
    {
        Write("proc/1/mountinfo", Line);
        Assert.Single(MountTable.Load(MountTableSource.HostRoot(BytePath.FromText(_scratch))).Entries);
        Assert.Equal(MountTableFailure.NotFound, Failure(MountTableSource.HostRoot(BytePath.FromText(_scratch + "/none"))));
    }

    [Fact]
    public void A_missing_file_a_directory_and_a_path_with_NUL_are_told_apart()
    {
        Assert.Equal(MountTableFailure.NotFound, Failure(FileSource(_scratch + "/none")));
        Assert.Equal(MountTableFailure.NotFound, Failure(FileSource(Write("file", Line) + "/below")));
        Assert.Equal(MountTableFailure.NotFound, Failure(FileSource(_scratch + "/fi\0le")));
        Assert.Equal(MountTableFailure.IsDirectory, Failure(FileSource(_scratch)));
        Assert.Equal(MountTableFailure.ReadFailed, Failure(FileSource("/proc/self/mem")));
    }

    [Fact]
    public void A_process_that_is_gone_is_told()
    {
        using Process process = Process.Start("true");
        process.WaitForExit();
        Assert.Equal(MountTableFailure.ProcessGone, Failure(MountTableSource.Process(process.Id)));
    }

    [Fact]
    public void A_text_longer_than_allowed_is_refused()
    {
        string path = Write("mountinfo", Line);
        Assert.Single(MountTable.Load(FileSource(path), new() { MaxBytes = Line.Length }).Entries);
        Assert.Equal(MountTableFailure.TooLarge, Failure(FileSource(path), new() { MaxBytes = Line.Length - 1 }));
    }

    [Fact]
    public void An_endless_text_ends_at_the_bound_with_bounded_memory()
    {
        const int Bound = 1 << 20;
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Equal(MountTableFailure.TooLarge, Failure(FileSource("/dev/zero"), new() { MaxBytes = Bound }));
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 4 * Bound);
    }

    [Fact]
    public void A_large_file_is_refused_before_it_is_read()
    {
        string path = Write("mountinfo", "");
        using (FileStream file = File.OpenWrite(path))
            file.SetLength(1L << 30);

        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Equal(MountTableFailure.TooLarge, Failure(FileSource(path)));
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 1 << 17);
    }

    [Fact]
    public void Bad_lines_end_a_load_unless_it_is_lenient()
    {
        string path = Write("mountinfo", Line + "junk\n");
        Assert.Equal(2, Assert.Throws<MountInfoFormatException>(() => MountTable.Load(FileSource(path))).Error.LineNumber);
        Assert.Single(MountTable.Load(FileSource(path), new() { Lenient = true }).BadLines);
    }

    [Fact]
    public async Task A_cancelled_load_ends() =>
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => MountTable.LoadAsync(FileSource("/dev/zero"), cancellationToken: new CancellationToken(canceled: true)));

    [Fact]
    public void Senseless_arguments_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => MountTableSource.Process(0));
        Assert.Throws<ArgumentException>(() => MountTableSource.File(default));
        Assert.Throws<ArgumentException>(() => MountTableSource.HostRoot(default));
        Assert.Throws<ArgumentOutOfRangeException>(() => new MountTableLoadOptions { MaxBytes = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new MountTableLoadOptions { MaxReads = 0 });
    }
}
