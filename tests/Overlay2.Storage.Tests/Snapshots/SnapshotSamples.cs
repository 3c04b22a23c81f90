using System.Collections.Immutable;
using System.Text;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Configuration;
using Overlay2.Storage.Kernel;
using Overlay2.Storage.Mounts;
using Overlay2.Storage.Snapshots;
using Overlay2.Storage.Tests.Diagnosis;

namespace Overlay2.Storage.Tests.Snapshots;

/// <summary>Snapshots to try things with.</summary>
internal static class SnapshotSamples
{
    /// <summary>A healthy state with something in every part but one.</summary>
    public static StorageSnapshot Full()
    {
        StorageSnapshot state = CorpusSnapshots.Read("healthy-running");
        byte[] mountInfo = File.ReadAllBytes(Repository.Data("docker-root", "healthy-running", "mountinfo.txt"));
        return state with
        {
            Time = SnapshotPart.Known(new DateTimeOffset(2026, 11, 24, 12, 30, 15, 250, TimeSpan.Zero)),
            HostId = SnapshotPart.Known("8f2c6d1f0c0b4c2c9a5b1c1d2e3f4a5b"),
            BootTime = SnapshotPart.Known(new DateTimeOffset(2026, 11, 20, 6, 0, 0, TimeSpan.Zero)),
            BootId = SnapshotPart.Failed<string>("/proc/sys/kernel/random/boot_id: EACCES"),
            Mounts = SnapshotPart.Known(MountTable.ParseLenient([.. mountInfo, .. "bad line\n"u8])),
            OtherNamespaces = SnapshotPart.Known(ImmutableArray.Create(
                new SnapshotNamespace(4026532300, SnapshotPart.Known(MountTable.Parse("9 1 0:9 / / rw - tmpfs none rw\n"u8)), [new MountHolderProcess(7, Text("customer-db"), "")]),
                new SnapshotNamespace(4026532301, SnapshotPart.Failed<MountTable>("mnt failed"), []))),
            Kernel = SnapshotPart.Known(KernelProfile.Defaults(new KernelVersion(6, 18))),
            MountLimit = SnapshotPart.Known(100_000),
            Uppers = SnapshotPart.Known(ImmutableArray.Create(new UpperScan
            {
                Directory = BytePath.FromText("/var/lib/docker/overlay2/x/diff"),
                Marks = [new UpperMark(BytePath.FromText("data/customer"), UpperMarkKind.Redirect, Text("/data/old-customer")), new UpperMark(BytePath.FromText("imm"), UpperMarkKind.Immutable, default)],
                IsComplete = true,
            })),
            Configuration = SnapshotPart.Known(EngineConfigurationFiles.Empty
                .With(BytePath.FromText("/etc/docker/daemon.json"), ByteString.FromText("{\"storage-driver\": \"overlay2\", \"data-root\": \"/srv/customer/docker\"}"))
                .With(BytePath.FromText("/etc/default/docker"), ConfigurationFileContent.Missing)
                .WithProcess(new EngineProcess(812, [Text("/usr/bin/dockerd"), Text("--debug")], [Text("DOCKER_DRIVER=overlay2"), Text("LANG=REDACTED")]))),
            Engine = SnapshotPart.Known(EngineInfo.Parse(Encoding.UTF8.GetBytes("""{"ServerVersion":"20.10.24","Driver":"overlay2","DockerRootDir":"/var/lib/docker"}"""))),
            FileSystems = SnapshotPart.Known(ImmutableArray.Create(new SnapshotFileSystem
            {
                Path = BytePath.FromText("/var/lib/docker"),
                TotalBytes = 1UL << 40,
                AvailableBytes = 5,
                TotalInodes = 3,
                AvailableInodes = 2,
                EntryTypes = new FeatureEvidence(FeatureStatus.Yes, "directory entries have types"),
            })),
            Processes = SnapshotPart.Known(ImmutableArray.Create(new SnapshotProcess(812, Text("dockerd"), "", 4026531841))),
            Log = SnapshotPart.Known(ImmutableArray.Create(new LogLine(LogSource.Kernel, new DateTimeOffset(2026, 11, 24, 0, 0, 0, TimeSpan.Zero), Text("overlayfs: x")))),
        };
    }

    private static ByteString Text(string text) => ByteString.FromText(text);
}
