using System.Collections.Immutable;
using System.Text;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Configuration;
using Overlay2.Storage.Diagnosis;
using Overlay2.Storage.Engines;
using Overlay2.Storage.Mounts;
using Overlay2.Storage.Snapshots;

namespace Overlay2.Storage.Tests.Snapshots;

/// <summary>What somebody who gives support asks a snapshot is answered alike by the host as it is and by the file that holds none of its secrets.</summary>
public sealed class SecretUsefulnessTests
{
    private const string Secret = "pa55w0rd";

    private static readonly BytePath s_daemon = BytePath.FromText("/etc/docker/daemon.json");
    private static readonly BytePath s_unit = BytePath.FromText("/etc/systemd/system/docker.service");
    private static readonly BytePath s_dropIn = BytePath.FromText("/etc/systemd/system/docker.service.d/proxy.conf");
    private static readonly BytePath s_variables = BytePath.FromText("/etc/sysconfig/docker-storage");

    /// <summary>The questions: a further one is a line.</summary>
    private static readonly (string Question, Func<StorageSnapshot, object?> Ask)[] s_questions =
    [
        ("Which driver does the engine use?", snapshot => Configuration(snapshot).StorageDriver?.Value),
        ("Which driver will it use at its next start?", snapshot => Configuration(snapshot).NextStart.StorageDriver?.Value),
        ("Where is its root directory?", snapshot => Setting(snapshot, "data-root")),
        ("Which options has the store?", snapshot => Setting(snapshot, "storage-opts")),
        ("What is wrong with its configuration?", snapshot => Lines(Configuration(snapshot).Problems.Select(problem => $"{problem.Kind} {problem.Directive}"))),
        ("From which files does the configuration come?", snapshot => Lines(Files(snapshot).Files.Select(file => $"{file.Key} {file.Value.State}"))),
        ("How is the engine started?", snapshot => Words(snapshot)[0]),
        ("Which flags has it?", snapshot => Lines(Words(snapshot).Where(word => word.StartsWith('-')).Select(word => word.Split('=')[0]))),
        ("Which driver does its command line name?", snapshot => Words(snapshot)[Array.IndexOf(Words(snapshot), "-s") + 1]),
        ("Where does it listen?", snapshot => Words(snapshot).First(word => word.StartsWith("--host", StringComparison.Ordinal))),
        ("Which proxy does it go through?", snapshot => Text(snapshot, s_daemon).Contains("@proxy.example:3128", StringComparison.Ordinal)),
        ("Which mirrors has it?", snapshot => Text(snapshot, s_daemon).Contains("https://mirror.example", StringComparison.Ordinal)),
        ("Which registries are insecure?", snapshot => Text(snapshot, s_daemon).Contains("\"10.0.0.0/8\"", StringComparison.Ordinal)),
        ("Where do its logs go?", snapshot => Text(snapshot, s_daemon).Contains("\"splunk-url\": \"https://splunk.example:8088\"", StringComparison.Ordinal)),
        ("How long are its logs?", snapshot => Text(snapshot, s_daemon).Contains("\"max-size\": \"10m\"", StringComparison.Ordinal)),
        ("Is a token configured at all?", snapshot => Text(snapshot, s_daemon).Contains("\"splunk-token\"", StringComparison.Ordinal)),
        ("How many labels are there, and which?", snapshot => Text(snapshot, s_daemon).Split("team=").Length),
        ("Which cgroup driver?", snapshot => Text(snapshot, s_daemon).Contains("native.cgroupdriver=systemd", StringComparison.Ordinal)),
        ("Which runtimes?", snapshot => Text(snapshot, s_daemon).Contains("\"path\": \"/usr/bin/nvidia-container-runtime\"", StringComparison.Ordinal)),
        ("Which pools of addresses?", snapshot => Text(snapshot, s_daemon).Contains("\"base\": \"172.30.0.0/16\", \"size\": 24", StringComparison.Ordinal)),
        ("How many downloads at once?", snapshot => Text(snapshot, s_daemon).Contains("\"max-concurrent-downloads\": 3", StringComparison.Ordinal)),
        ("Is containerd's store on?", snapshot => Text(snapshot, s_daemon).Contains("\"containerd-snapshotter\": false", StringComparison.Ordinal)),
        ("How does the unit start the engine?", snapshot => Text(snapshot, s_unit).Contains("ExecStart=/usr/bin/dockerd -H fd:// --containerd=/run/containerd/containerd.sock $DOCKER_STORAGE_OPTIONS", StringComparison.Ordinal)),
        ("What does the unit wait for?", snapshot => Text(snapshot, s_unit).Contains("After=network-online.target containerd.service", StringComparison.Ordinal)),
        ("How often may it be started?", snapshot => Text(snapshot, s_unit).Contains("LimitNOFILE=1048576\nRestart=always\nKillMode=process\nDelegate=yes", StringComparison.Ordinal)),
        ("Which variables does the drop-in set?", snapshot => Lines(["HTTP_PROXY=", "NO_PROXY="], name => Text(snapshot, s_dropIn).Contains(name, StringComparison.Ordinal))),
        ("What is in the file of variables?", snapshot => Text(snapshot, s_variables)),
        ("Which variables has the process?", snapshot => Lines(Files(snapshot).Process!.Environment.Select(variable => variable.ToString().Split('=')[0]))),
        ("Does a variable set the driver?", snapshot => Lines(Files(snapshot).Process!.Environment.Where(variable => variable.Span.StartsWith("DOCKER_DRIVER="u8)))),
        ("What is mounted where?", snapshot => Lines(Mounts(snapshot).Select(mount => $"{mount.MountPoint} {mount.FileSystemType} {mount.Root}"))),
        ("With which flags?", snapshot => Lines(Mounts(snapshot).Select(mount => mount.Options))),
        ("Which layers has each overlay?", snapshot => Lines(Mounts(snapshot).Where(mount => mount.IsOverlay).Select(mount => mount.SuperOptions))),
        ("Which options has each file system of the kernel?", snapshot => Lines(Mounts(snapshot).Where(mount => !mount.FileSystemType.Span.StartsWith("cifs"u8) && !mount.FileSystemType.Span.StartsWith("fuse"u8)).Select(mount => mount.SuperOptions))),
        ("From which devices?", snapshot => Lines(Mounts(snapshot).Select(mount => mount.Source).Where(source => source.Span.StartsWith("/dev/"u8)))),
        ("Which version of CIFS, from which server?", snapshot => Lines(Mounts(snapshot).Where(mount => mount.FileSystemType.Span.SequenceEqual("cifs"u8)).Select(mount => $"{mount.Source} {mount.SuperOptions.ToString().Contains("vers=3.1.1", StringComparison.Ordinal)}"))),
        ("Which options are given to CIFS?", snapshot => Lines(Mounts(snapshot).Where(mount => mount.FileSystemType.Span.SequenceEqual("cifs"u8)).SelectMany(mount => mount.SuperOptions.ToString().Split(',').Select(option => option.Split('=')[0])))),
        ("How is NFS mounted?", snapshot => Lines(Mounts(snapshot).Where(mount => mount.FileSystemType.Span.SequenceEqual("nfs4"u8)).Select(mount => $"{mount.Source} {mount.SuperOptions}"))),
        ("What does fstab mount, and in which line?", snapshot => Lines(snapshot.ConfiguredMounts.Value.Select(mount => $"{mount.Line} {mount.MountPoint} {mount.FileSystemType} {mount.Source}"))),
        ("Is the data root's file system in fstab, with quotas?", snapshot => snapshot.ConfiguredMounts.Value.Single(mount => mount.MountPoint == BytePath.FromText("/var/lib/docker")).Options),
        ("Which layers has the store?", snapshot => Lines(Store(snapshot).Layers.Select(layer => layer.Id))),
        ("Who needs which layer?", snapshot => Lines(Store(snapshot).References)),
        ("Which containers are there?", snapshot => Lines(Store(snapshot).GetContainers().Select(container => container.ToString()))),
        ("What could not be read?", snapshot => $"{Store(snapshot).Problems.Count}: {Lines(Store(snapshot).Problems)}"),
        ("Which places were searched?", snapshot => Lines(snapshot.StorePlaces.Value)),
        ("Which kernel?", snapshot => snapshot.Kernel.Value.Version),
        ("Which engine?", snapshot => snapshot.Engine.Value.ToString()),
        ("How much room is left?", snapshot => Lines(snapshot.FileSystems.Value)),
        ("Which processes run, and what have engines open?", snapshot => Lines(snapshot.Processes.Value.Select(process => $"{process.ProcessId} {process.Name} {process.ContainerId} {process.MountNamespaceId} {process.EngineDoubt} {string.Join(" ", process.OpenFiles)}"))),
        ("What did the kernel say?", snapshot => Lines(snapshot.Log.Value.Where(line => line.Source == LogSource.Kernel))),
        ("What did the engine say of the mount?", snapshot => snapshot.Log.Value.Single(line => line.Source == LogSource.Engine && line.Text.Span.IndexOf("overlay2"u8) >= 0)),
        ("Why is a part missing?", snapshot => snapshot.BootId.Reason),
        ("What is found, and how certain?", snapshot => Lines(Diagnose(snapshot).Findings.Select(finding => $"{finding.Id} {finding.Severity} {finding.Status} {finding.CauseKey}").Order(StringComparer.Ordinal))),
    ];

    [Fact]
    public void Every_question_is_answered_as_before()
    {
        StorageSnapshot before = Host();
        StorageSnapshot after = Load(Save(before));

        Assert.InRange(s_questions.Length, 40, 100);
        Assert.Contains(Secret, Files(before)[s_daemon].Content.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, Save(before), StringComparison.Ordinal);
        string[] others = [.. s_questions.Where(question => Show(question.Ask(before)) != Show(question.Ask(after))).Select(question => $"{question.Question}\n  before: {Show(question.Ask(before))}\n  after:  {Show(question.Ask(after))}")];
        Assert.True(others.Length == 0, string.Join('\n', others));
        Assert.All(s_questions, question => Assert.True(Show(question.Ask(before)) is { Length: > 0 } answer && answer != "False", question.Question));
    }

    /// <summary>A host with secrets in every part, as it is: nothing of it went through a capture.</summary>
    private static StorageSnapshot Host()
    {
        StorageSnapshot full = SnapshotSamples.Full();
        byte[] mountInfo = [.. File.ReadAllBytes(Repository.Data("docker-root", "healthy-running", "mountinfo.txt")), .. Encoding.UTF8.GetBytes($"""
            901 1 0:90 / /mnt/share rw,relatime shared:90 - cifs //server.example/share rw,vers=3.1.1,cache=strict,username=bob,password={Secret},uid=0,addr=10.0.0.9,rsize=4194304
            902 1 0:91 / /mnt/nfs rw,relatime shared:91 - nfs4 server.example:/export/a rw,vers=4.2,rsize=1048576,wsize=1048576,namlen=255,hard,proto=tcp,timeo=600,retrans=2,sec=sys,clientaddr=10.0.0.2,local_lock=none,addr=10.0.0.9
            903 1 8:2 / /var/lib/docker2 rw,noatime shared:92 - xfs /dev/mapper/vg0-docker rw,attr2,inode64,logbufs=8,logbsize=32k,prjquota
            904 1 0:92 / /mnt/web rw,nosuid,nodev shared:93 - fuse.rclone https://bob:{Secret}@dav.example/x rw,user_id=0,group_id=0,default_permissions,allow_other,max_read=131072

            """)];
        EngineConfigurationFiles files = EngineConfigurationFiles.Empty
            .With(s_daemon, ByteString.FromText($$"""
                {
                  "storage-driver": "overlay2", "storage-opts": ["overlay2.size=10G", "overlay2.override_kernel_check=true"], "data-root": "/var/lib/docker",
                  "proxies": {"http-proxy": "http://bob:{{Secret}}@proxy.example:3128", "no-proxy": "localhost,10.0.0.0/8"},
                  "registry-mirrors": ["https://mirror.example"], "insecure-registries": ["10.0.0.0/8"],
                  "log-driver": "splunk", "log-opts": {"splunk-token": "{{Secret}}", "splunk-url": "https://splunk.example:8088", "max-size": "10m"},
                  "labels": ["team={{Secret}}"], "exec-opts": ["native.cgroupdriver=systemd"], "features": {"containerd-snapshotter": false},
                  "runtimes": {"nvidia": {"path": "/usr/bin/nvidia-container-runtime", "runtimeArgs": []} },
                  "default-address-pools": [{"base": "172.30.0.0/16", "size": 24}], "max-concurrent-downloads": 3, "unknown": "{{Secret}}"
                }
                """))
            .With(s_unit, ByteString.FromText("""
                [Unit]
                Description=Docker Application Container Engine
                After=network-online.target containerd.service
                [Service]
                EnvironmentFile=/etc/sysconfig/docker-storage
                ExecStart=/usr/bin/dockerd -H fd:// --containerd=/run/containerd/containerd.sock $DOCKER_STORAGE_OPTIONS
                LimitNOFILE=1048576
                Restart=always
                KillMode=process
                Delegate=yes

                """))
            .With(s_dropIn, ByteString.FromText($"[Service]\nEnvironment=\"HTTP_PROXY=http://bob:{Secret}@proxy.example\" NO_PROXY=localhost\n"))
            .With(s_variables, ByteString.FromText("# made by docker-storage-setup\nDOCKER_STORAGE_OPTIONS=\"--storage-driver overlay2 --storage-opt overlay2.size=10G\"\n"))
            .WithProcess(new EngineProcess(
                812,
                [.. new[] { "/usr/bin/dockerd", "-H", "fd://", "--host=tcp://0.0.0.0:2376", "-s", "overlay2", "--log-opt", $"splunk-token={Secret}", $"--http-proxy=http://bob:{Secret}@proxy.example" }.Select(ByteString.FromText)],
                [.. new[] { "PATH=/usr/bin", "DOCKER_DRIVER=overlay2", $"TOKEN={Secret}" }.Select(ByteString.FromText)]));
        return full with
        {
            Mounts = SnapshotPart.Known(MountTable.ParseLenient((ReadOnlyMemory<byte>)mountInfo)),
            Configuration = SnapshotPart.Known(files),
            ConfiguredMounts = SnapshotPart.Known(ConfiguredMount.ParseFstab(
                Encoding.UTF8.GetBytes($"# /etc/fstab\nUUID=0a3407de-014b-458b-b5c1-848e92a327a3 / ext4 errors=remount-ro 0 1\n/dev/mapper/vg0-docker /var/lib/docker xfs defaults,prjquota 0 2\n//server.example/share /mnt/share cifs vers=3.1.1,username=bob,password={Secret},_netdev 0 0\n"), BytePath.FromText("/etc/fstab"))),
            Log = SnapshotPart.Known(ImmutableArray.Create(
                Line(LogSource.Kernel, "[   12.345678] overlayfs: upper fs does not support tmpfile."),
                Line(LogSource.Kernel, "[   13.000001] overlayfs: failed to resolve '/var/lib/docker/overlay2/l/ABCDEFGHIJKLMNOPQRSTUVWXYZ': -2"),
                Line(LogSource.Kernel, "[    1.000000] XFS (dm-3): Mounting V5 Filesystem 0a3407de-014b-458b-b5c1-848e92a327a3"),
                Line(LogSource.Engine, "time=\"2026-11-24T12:30:15Z\" level=error msg=\"failed to mount overlay: no such file or directory\" storage-driver=overlay2 id=sha256:4bdd623bfa8ba6a1d6d1d6ba3bf5f3a4d2a4d5b0a1b5c5a3c2d1e0f9a8b7c6d5"),
                Line(LogSource.Engine, $"time=\"2026-11-24T12:30:16Z\" level=error msg=\"Get http://bob:{Secret}@proxy.example:3128: token={Secret}\""))),
        };
    }

    private static LogLine Line(LogSource source, string text) => new(source, Time: null, ByteString.FromText(text));

    private static EngineConfigurationFiles Files(StorageSnapshot snapshot) => snapshot.Configuration.Value;

    private static EngineConfiguration Configuration(StorageSnapshot snapshot) => EngineConfiguration.Resolve(Files(snapshot));

    private static string Setting(StorageSnapshot snapshot, string name) => Lines(Configuration(snapshot).Settings.Where(setting => setting.Name == name).Select(setting => setting.Value));

    private static string[] Words(StorageSnapshot snapshot) => [.. Files(snapshot).Process!.Arguments.Select(word => word.ToString())];

    private static string Text(StorageSnapshot snapshot, BytePath path) => Encoding.UTF8.GetString(Files(snapshot)[path].Content.Span);

    private static ImmutableArray<MountEntry> Mounts(StorageSnapshot snapshot) => snapshot.Mounts.Value.Entries;

    private static ILayerStore Store(StorageSnapshot snapshot) => snapshot.Stores.Value[0];

    private static DiagnosisReport Diagnose(StorageSnapshot snapshot) => new StorageDiagnoser().Diagnose(snapshot, cancellationToken: TestContext.Current.CancellationToken);

    private static string Lines<T>(IEnumerable<T> values, Func<T, bool> isMeant) => Lines(values.Where(isMeant));

    private static string Lines<T>(IEnumerable<T> values) => string.Join('\n', values);

    private static string Show(object? answer) => answer?.ToString() ?? "";

    private static string Save(StorageSnapshot snapshot)
    {
        using var stream = new MemoryStream();
        snapshot.Save(stream);
        return Encoding.UTF8.GetString(stream.ToArray());
    }

    private static StorageSnapshot Load(string file) => StorageSnapshot.Load(new MemoryStream(Encoding.UTF8.GetBytes(file)));
}
