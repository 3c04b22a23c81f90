using System.Diagnostics;
using System.Globalization;
using System.Runtime.Versioning;
using System.Text;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Engines.Known;
using Overlay2.Storage.Configuration;
using Overlay2.Storage.Interop;
using Overlay2.Storage.Repair;
using Overlay2.Storage.Snapshots;

namespace Overlay2.Storage.KernelTests.Snapshots;

/// <summary>Processes that call themselves engines, and name places.</summary>
[SupportedOSPlatform("linux")]
public sealed class EngineTrustTests : IDisposable
{
    private const string Wait = "echo $$; read line";
    private const UnixFileMode Executable = (UnixFileMode)0x1ed; // 0755
    private const UnixFileMode Everybody = (UnixFileMode)0x1ff; // 0777

    private static readonly string[] s_asOther = ["/usr/bin/setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups"];

    private readonly string _directory = $"/run/overlay2-test-{Guid.NewGuid():N}";
    private readonly List<Process> _processes = [];

    public EngineTrustTests()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "Needs root: processes of several users.");
        foreach (string tool in (string[])["/usr/bin/bash", "/usr/bin/setpriv", "/usr/bin/unshare"])
            Assert.SkipUnless(File.Exists(tool), $"{tool} is not installed.");
        Directory.CreateDirectory($"{_directory}/open");
        foreach (string name in (string[])["dockerd", "containerd", "podman", "open/dockerd"])
        {
            File.Copy("/usr/bin/bash", $"{_directory}/{name}");
            File.SetUnixFileMode($"{_directory}/{name}", Executable);
        }

        File.SetUnixFileMode($"{_directory}/open", Everybody);
    }

    private static EngineView View => EngineView.Find(BytePath.Root, engineProcessId: null);

    public void Dispose()
    {
        End();
        if (!Directory.Exists(_directory))
            return;
        LibC.Unmount(Bytes($"{_directory}/host/proc"), UnmountFlags.Detach);
        Directory.Delete(_directory, recursive: true);
    }

    [Theory]
    [InlineData("dockerd", "--data-root")]
    [InlineData("dockerd", "-g")]
    [InlineData("containerd", "--root")]
    [InlineData("podman", "--root")]
    public async Task Roots_own_is_believed_and_the_same_of_another_user_is_not(string name, string flag)
    {
        string evil = $"{_directory}/evil";
        string[] words = ["-c", Wait, name, flag, evil];
        int own = Start([$"{_directory}/{name}", .. words]);
        Assert.Null(DoubtOf(own));
        Assert.Contains(evil, await Places());
        End();

        int others = Start([.. s_asOther, $"{_directory}/{name}", .. words]);
        Assert.Equal("not believed: it is of user 65534", DoubtOf(others));
        int called = Start([.. s_asOther, "/usr/bin/bash", "-c", $"exec -a {name} /usr/bin/bash -c '{Wait}' {name} {flag} {evil}"]);
        Assert.Equal("not believed: it is of user 65534", DoubtOf(called));
        int started = Start(["/usr/bin/setpriv", "--ruid", "65534", $"{_directory}/{name}", "-p", .. words]);
        Assert.Equal("not believed: it is of user 65534", DoubtOf(started));
        Assert.DoesNotContain(evil, await Places());
    }

    [Fact]
    public async Task A_program_of_root_that_others_decide_about_is_not_believed()
    {
        string evil = $"{_directory}/evil";
        int called = Start(["/usr/bin/bash", "-c", $"exec -a dockerd /usr/bin/bash -c '{Wait}' dockerd --data-root {evil}"]);
        Assert.Equal("not believed: its program is bash", DoubtOf(called));
        int open = Start([$"{_directory}/open/dockerd", "-c", Wait, "dockerd", "--data-root", evil]);
        Assert.Equal($"not believed: {_directory}/open may be written by others than root", DoubtOf(open));
        File.Copy("/usr/bin/bash", $"{_directory}/given");
        File.SetUnixFileMode($"{_directory}/given", Executable);
        File.Move($"{_directory}/given", $"{_directory}/dockerd", overwrite: true);
        int given = Start([$"{_directory}/dockerd", "-c", Wait, "dockerd", "--data-root", evil]);
        Assert.Null(DoubtOf(given));
        using (Process chown = Process.Start("chown", ["65534", $"{_directory}/dockerd"]))
            await chown.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal($"not believed: {_directory}/dockerd is of user 65534", DoubtOf(given));
        Assert.DoesNotContain(evil, await Places());
    }

    [Theory]
    [InlineData("mnt", "--mount")]
    [InlineData("pid", "--pid", "--fork", "--kill-child")]
    [InlineData("pid", "--user", "--map-root-user", "--pid", "--fork", "--kill-child")]
    public async Task One_in_a_container_is_nested(string kind, params string[] namespaces)
    {
        string evil = $"{_directory}/evil";
        int inside = Start(["/usr/bin/unshare", .. namespaces, $"{_directory}/dockerd", "-c", Wait, "dockerd", "--data-root", evil]);
        if (kind == "pid")
            inside = int.Parse(File.ReadAllText($"/proc/{_processes[^1].Id}/task/{_processes[^1].Id}/children").Trim(), CultureInfo.InvariantCulture);

        Assert.Equal($"nested: it is in another {kind} namespace than the host's", DoubtOf(inside));
        StorageSnapshot snapshot = await StorageSnapshot.CaptureAsync(cancellationToken: TestContext.Current.CancellationToken);
        Assert.DoesNotContain(evil, PlacesOf(snapshot));
        Assert.Contains($"Process {inside} (dockerd) calls itself an engine, nested: it is in another {kind} namespace than the host's.", Overlay2.Storage.Hosts.HostView.Of(snapshot).Scope.Foreign);
    }

    [Fact]
    public async Task One_whose_program_was_replaced_by_an_upgrade_is_believed()
    {
        int own = Start([$"{_directory}/dockerd", "-c", Wait, "dockerd", "--data-root", $"{_directory}/mine"]);
        File.Delete($"{_directory}/dockerd");

        Assert.Null(DoubtOf(own));
        Assert.Contains($"{_directory}/mine", await Places());
    }

    [Fact]
    public void A_process_id_that_another_process_has_by_now_names_no_engine()
    {
        string[] words = [$"{_directory}/dockerd", "-c", Wait, "dockerd", $"--config-file={_directory}/evil.json"];
        Assert.NotNull(ByProcessIdFile(Start(words)));
        Assert.Null(ByProcessIdFile(Start([.. s_asOther, .. words])));
        Assert.Null(ByProcessIdFile(Start(["/usr/bin/unshare", "--mount", .. words])));
        Assert.Null(ByProcessIdFile(Start(["/usr/bin/bash", "-c", $"exec -a dockerd /usr/bin/bash -c '{Wait}' dockerd"])));
    }

    [Fact]
    public void One_that_the_caller_names_may_have_namespaces_of_its_own_but_no_other_user()
    {
        string[] words = [$"{_directory}/dockerd", "-c", Wait, "dockerd", $"--config-file={_directory}/evil.json"];
        Assert.NotNull(EngineConfigurationFiles.Read(BytePath.Root, Start(["/usr/bin/unshare", "--mount", .. words])).Process);
        int others = Start([.. s_asOther, .. words]);
        Assert.Null(EngineConfigurationFiles.Read(BytePath.Root, others).Process);

        var host = new LinuxHost(new SnapshotOptions { EngineProcessId = others });
        Assert.Equal($"process {others} is named as the engine, and not believed: it is of user 65534", host.TryBegin(Nothing, out _));
    }

    private static RepairPlan Nothing => RepairPlanner.Plan(new Overlay2.Storage.Diagnosis.StorageDiagnoser().Diagnose(new StorageSnapshot()));

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    private static string? DoubtOf(int process) => RunningEngines.FindDoubt(View, process, KnownEngines.Programs, out _);

    private static string[] PlacesOf(StorageSnapshot snapshot) => [.. snapshot.StorePlaces.Value.Select(place => place.Path.ToString())];

    private static async Task<string[]> Places() => PlacesOf(await StorageSnapshot.CaptureAsync(cancellationToken: TestContext.Current.CancellationToken));

    /// <summary>The engine of a host whose file names a process.</summary>
    private EngineProcess? ByProcessIdFile(int process)
    {
        string host = $"{_directory}/host";
        if (!Directory.Exists(host))
        {
            Directory.CreateDirectory($"{host}/var/run");
            Directory.CreateDirectory($"{host}/proc");
            Assert.Equal(default, LibC.Mount("/proc"u8, Bytes($"{host}/proc"), ""u8, MountFlags.Bind, ""u8));
        }

        File.WriteAllText($"{host}/var/run/docker.pid", process.ToString(CultureInfo.InvariantCulture));
        return EngineConfigurationFiles.Read(BytePath.FromText(host)).Process;
    }

    private void End()
    {
        foreach (Process process in _processes)
        {
            process.StandardInput.Close();
            process.WaitForExit();
            process.Dispose();
        }

        _processes.Clear();
    }

    /// <summary>Starts a program that writes its process id and then waits for the end of its input.</summary>
    private int Start(string[] words)
    {
        Process process = Process.Start(new ProcessStartInfo(words[0], words[1..]) { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true })!;
        _processes.Add(process);
        return int.Parse(process.StandardOutput.ReadLine() ?? "", CultureInfo.InvariantCulture);
    }
}
