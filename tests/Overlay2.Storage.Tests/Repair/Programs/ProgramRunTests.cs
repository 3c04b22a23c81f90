using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Repair;

namespace Overlay2.Storage.Tests.Repair.Programs;

/// <summary>Programs of an engine that behave badly, and what they are given.</summary>
public sealed class ProgramRunTests : IDisposable
{
    private static readonly ByteString s_container = ByteString.FromText("c");

    private readonly string _directory = Directory.CreateTempSubdirectory("overlay2-program-").FullName;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string Note => $"{_directory}/note";

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task Of_a_gigabyte_of_output_the_beginning_is_kept_and_the_rest_counted()
    {
        HostResult result = await Client("yes | head -c 1000000000; exit 3", new ProgramOptions { MostOutputBytes = 1000 }).StopContainerAsync(s_container, Token);

        Assert.StartsWith($"{TrustedProgram.Find("sh").Path} ended with 3: y\ny\n", result.Error, StringComparison.Ordinal);
        Assert.EndsWith("... (cut: 999999000 bytes more)", result.Error, StringComparison.Ordinal);
        Assert.InRange(result.Error.Length, 1000, 1100);
    }

    [Fact]
    public async Task Errors_have_a_bound_of_their_own()
    {
        HostResult result = await Client("echo out; head -c 5000 /dev/zero | tr '\\0' e >&2; exit 4", new ProgramOptions { MostOutputBytes = 100 }).StopContainerAsync(s_container, Token);

        Assert.EndsWith($"ended with 4: out\n{new string('e', 100)}... (cut: 4900 bytes more)", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_program_that_is_cancelled_ends_with_its_children()
    {
        using var source = new CancellationTokenSource();
        Task<HostResult> stopping = Client($"sleep 86400 & echo $! $$ > {Note}.new; mv {Note}.new {Note}; wait").StopContainerAsync(s_container, source.Token);
        string[] processes = await ReadNoteAsync();
        Assert.All(processes, static process => Assert.True(IsAlive(process)));

        await source.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => stopping);
        await WaitForEndAsync(processes);
    }

    [Fact]
    public async Task A_program_that_takes_too_long_is_ended_with_its_children_and_that_is_said()
    {
        var time = new SteppedTime();
        Task<HostResult> stopping = Client($"sleep 86400 & echo $! $$ > {Note}.new; mv {Note}.new {Note}; echo waits >&2; wait", time: time).StopContainerAsync(s_container, Token);
        string[] processes = await ReadNoteAsync();
        Assert.False(stopping.IsCompleted);

        time.GoOn(ProgramOptions.Default.Timeout);

        Assert.Contains("it did not end within 600 s and was ended, with its children", (await stopping).Error, StringComparison.Ordinal);
        await WaitForEndAsync(processes);
    }

    [Fact]
    public async Task One_that_closes_its_output_is_waited_for()
    {
        Task<HostResult> stopping = Client($"exec >&- 2>&-; : > {Note}; while [ ! -e {_directory}/go ]; do sleep 0.02; done; exit 5").StopContainerAsync(s_container, Token);
        while (!File.Exists(Note))
            await Task.Delay(10, Token);
        Assert.False(stopping.IsCompleted);

        File.WriteAllText($"{_directory}/go", "");

        Assert.EndsWith("ended with 5:", (await stopping).Error.TrimEnd(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_child_that_goes_on_with_the_output_open_is_not_waited_for_and_lives()
    {
        HostResult result = await Client($"sleep 86400 & echo $! > {Note}").StopContainerAsync(s_container, Token);

        Assert.True(result.IsDone, result.Error);
        string child = Assert.Single(await ReadNoteAsync());
        Assert.True(IsAlive(child));
        using Process process = Process.GetProcessById(int.Parse(child, CultureInfo.InvariantCulture));
        process.Kill();
    }

    [Fact]
    public async Task It_is_given_a_known_environment_no_input_the_root_directory_and_no_descriptors()
    {
        Environment.SetEnvironmentVariable("O2_TEST_OF_PROGRAMS", "1");
        int passedOn = Duplicate(0);
        try
        {
            Assert.True(passedOn > 2);
            string script = $"tr '\\0' '\\n' < /proc/$$/environ; readlink /proc/$$/fd/0 /proc/$$/cwd; for n in $(seq 3 400); do [ -e /proc/$$/fd/$n ] && echo open $n; done; cat; exit 3";
            var options = new ProgramOptions { Environment = ImmutableDictionary<string, string>.Empty.Add("DOCKER_HOST", "unix:///run/other.sock") };
            HostResult result = await Client(script, options).StopContainerAsync(s_container, Token);

            string[] lines = result.Error[(result.Error.IndexOf(": ", StringComparison.Ordinal) + 2)..].Split('\n');
            Assert.Equal(["DOCKER_HOST=unix:///run/other.sock", "HOME", "LANG=C", "LC_ALL=C", $"PATH={string.Join(':', TrustedProgram.Directories)}"],
                lines[..5].Select(static line => line.StartsWith("HOME=/", StringComparison.Ordinal) ? "HOME" : line).Order(StringComparer.Ordinal));
            Assert.Equal(["/dev/null", "/"], lines[5..]);
        }
        finally
        {
            _ = Close(passedOn);
        }
    }

    [Theory]
    [InlineData("LD_PRELOAD")]
    [InlineData("PATH")]
    [InlineData("DOCKER_CONFIG")]
    [InlineData("BASH_ENV")]
    public void A_variable_that_makes_a_program_load_something_is_refused(string name) =>
        Assert.Throws<ArgumentException>(() => Client("true", new ProgramOptions { Environment = ImmutableDictionary<string, string>.Empty.Add(name, "x") }));

    [Fact]
    public async Task An_answer_is_read_from_the_output_alone()
    {
        Assert.True(await Client("echo noise >&2; echo true").IsRunningAsync(s_container, Token));
        Assert.False(await Client("echo false").IsRunningAsync(s_container, Token));
        Assert.Null(await Client("echo true; exit 1").IsRunningAsync(s_container, Token));
        Assert.False(await Client("kill -9 $$").AnswersAsync(Token));
    }

    private static ProgramEngineControl Client(string script, ProgramOptions? options = null, TimeProvider? time = null) => new(["sh", "-c", script], [], options, time);

    private static bool IsAlive(string process)
    {
        try
        {
            // Who nobody waits for stays as a zombie where the first process does not care.
            return File.ReadAllText($"/proc/{process}/stat").Split(") ")[^1][0] is not ('Z' or 'X');
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static async Task WaitForEndAsync(string[] processes)
    {
        while (processes.Any(IsAlive))
            await Task.Delay(10, Token);
    }

    private async Task<string[]> ReadNoteAsync()
    {
        while (!File.Exists(Note))
            await Task.Delay(10, Token);
        return (await File.ReadAllTextAsync(Note, Token)).Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries);
    }

    [DllImport("libc", EntryPoint = "dup")]
    private static extern int Duplicate(int descriptor);

    [DllImport("libc", EntryPoint = "close")]
    private static extern int Close(int descriptor);
}
