using System.Collections.Immutable;
using System.Globalization;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Configuration;
using Overlay2.Storage.Snapshots;

namespace Overlay2.Cli.Lab;

/// <summary>The configuration of an engine, in an <c>/etc</c> of its own.</summary>
internal sealed class ConfigurationLab : LabNamespace
{
    private const string Make = """
        machine=$(cat /etc/machine-id 2> /dev/null || true); mount -t tmpfs etc /etc; mount -t tmpfs run /var/run
        mkdir -p /etc/docker /etc/sysconfig /etc/systemd/system; [ -z "$machine" ] || echo "$machine" > /etc/machine-id
        printf '[Service]\nEnvironmentFile=-/etc/sysconfig/docker-storage\nExecStart=/usr/bin/dockerd $DOCKER_STORAGE_OPTIONS\n' > /etc/systemd/system/docker.service
        printf '{\n  "storage-driver": "overlay2"\n}\n' > /etc/docker/daemon.json; echo 'DOCKER_STORAGE_OPTIONS=""' > /etc/sysconfig/docker-storage
        show() { for file in /etc/docker/daemon.json /etc/sysconfig/docker-storage; do echo "$file:"; sed 's/^/  /' "$file"; done; }
        """;

    private static readonly EngineHost s_host = new()
    {
        MajorVersion = 27,
        BackingFileSystem = ByteString.FromText("ext4"),
        ReportsEntryTypes = true,
        Carries = ImmutableDictionary<string, bool>.Empty.Add("overlay2", true),
    };

    private readonly BytePath _root;

    public ConfigurationLab(LabScenario scenario)
        : base(scenario, Make)
    {
        _root = BytePath.FromText(Root);
        Options = new SnapshotOptions { HostRoot = _root, DataRoot = BytePath.FromText($"{Scratch}/docker") };
    }

    public override IReadOnlyList<string> Sound => field ??= Prove();

    public override IReadOnlyList<string> Show() => Run(Scenario.Places);

    public override IReadOnlyList<string> List() => Run("show; stat -c '%a %u:%g %n' /etc/docker/daemon.json /etc/sysconfig/docker-storage");

    public override IReadOnlyList<string> Prove()
    {
        EngineStart start = EngineConfiguration.Read(_root).NextStart.PredictStart(s_host);
        return [$"The next start of an engine 27 on ext4: {start}", .. start.Problems.Select(problem => string.Create(CultureInfo.InvariantCulture, $"  {problem.Message}"))];
    }
}
