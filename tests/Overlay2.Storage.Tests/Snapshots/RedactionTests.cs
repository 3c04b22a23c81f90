using System.Text;
using System.Text.RegularExpressions;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Configuration;
using Overlay2.Storage.Diagnosis;
using Overlay2.Storage.Engines;
using Overlay2.Storage.Engines.Docker;
using Overlay2.Storage.Kernel;
using Overlay2.Storage.Mounts;
using Overlay2.Storage.Snapshots;
using Overlay2.Storage.Tests.Diagnosis;
using Overlay2.Storage.Tests.Engines;

namespace Overlay2.Storage.Tests.Snapshots;

public sealed partial class RedactionTests
{
    [Theory]
    [MemberData(nameof(DockerRootCorpus.AllStates), MemberType = typeof(DockerRootCorpus))]
    public void No_id_of_a_recorded_state_is_left(string state)
    {
        StorageSnapshot snapshot = CorpusSnapshots.Read(state);
        HashSet<string> ids = [.. Ids().Matches(Save(snapshot)).Select(match => match.Value)];

        HashSet<string> left = [.. Ids().Matches(Save(snapshot.Redact("key"u8))).Select(match => match.Value)];

        Assert.True(ids.Count > 10);
        Assert.Equal(ids.Count, left.Count);
        Assert.Empty(left.Intersect(ids));
    }

    [Fact]
    public void Every_option_of_a_kernel_feature_is_shown()
    {
        string options = string.Join(',', OverlayFeatures.All.Select(feature => feature.MountOption?.Split('=')[0]).OfType<string>().Distinct(StringComparer.Ordinal).Select(option => $"{option}=secret{option.Length}"));
        StorageSnapshot snapshot = new() { Mounts = SnapshotPart.Known(MountTable.Parse(Encoding.UTF8.GetBytes($"20 1 0:50 / /mnt rw - overlay overlay rw,{options}\n"))) };

        string shown = Assert.Single(snapshot.Redact("key"u8).Mounts.Value.Entries).SuperOptions.ToString();

        Assert.Equal(options.Split(',').Select(option => option.Split('=')[0]), shown.Split(',').Skip(1).Select(option => option.Split('=')[0]));
        Assert.DoesNotContain("secret", shown, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(DockerRootCorpus.AllStates), MemberType = typeof(DockerRootCorpus))]
    public void What_agreed_agrees_and_what_did_not_does_not(string state)
    {
        StorageSnapshot plain = CorpusSnapshots.Read(state);
        StorageSnapshot redacted = plain.Redact("key"u8);

        var before = (DockerClassicStore)plain.Stores.Value[0];
        var after = (DockerClassicStore)redacted.Stores.Value[0];
        Assert.Equal(((ILayerStore)before).FindUnreferencedLayers().Count, ((ILayerStore)after).FindUnreferencedLayers().Count);
        Assert.Equal(Agreements(before), Agreements(after));
        Assert.Equal(before.Problems.Select(problem => problem.Reason).Order(), after.Problems.Select(problem => problem.Reason).Order());
        Assert.Equal(Mounts(plain), Mounts(redacted));
    }

    [Theory]
    [MemberData(nameof(DockerRootCorpus.AllStates), MemberType = typeof(DockerRootCorpus))]
    public void The_diagnosis_is_that_of_the_snapshot_as_taken_when_loaded_and_when_redacted(string state)
    {
        StorageSnapshot snapshot = CorpusSnapshots.Read(state);
        using var file = new MemoryStream();
        snapshot.Save(file);
        file.Position = 0;

        DiagnosisReport taken = Diagnose(snapshot);
        DiagnosisReport loaded = Diagnose(StorageSnapshot.Load(file));
        DiagnosisReport redacted = Diagnose(snapshot.Redact("key"u8));

        Assert.Equal(taken.Findings.Select(finding => finding.ToString()), loaded.Findings.Select(finding => finding.ToString()));
        Assert.Equal(taken.Suspended, loaded.Suspended);
        Assert.Equal(taken.Findings.Select(finding => (finding.Id, finding.Severity, finding.Status)).Order(), redacted.Findings.Select(finding => (finding.Id, finding.Severity, finding.Status)).Order());
        Assert.Equal(taken.Status, redacted.Status);
    }

    [Fact]
    public void Names_and_paths_are_hashed_and_well_known_ones_stay()
    {
        string text = Save(SnapshotSamples.Full().Redact("key"u8));

        Assert.DoesNotContain("customer", text, StringComparison.Ordinal);
        Assert.DoesNotContain("8f2c6d1f0c0b4c2c9a5b1c1d2e3f4a5b", text, StringComparison.Ordinal);
        Assert.DoesNotContain("overlayfs: x", text, StringComparison.Ordinal);
        Assert.Contains("/var/lib/docker/overlay2/", text, StringComparison.Ordinal);
        Assert.Contains("dockerd", text, StringComparison.Ordinal);
        Assert.Contains("6.18", text, StringComparison.Ordinal);
    }

    [Fact]
    public void The_configuration_still_says_the_same_about_the_driver()
    {
        EngineConfigurationFiles files = EngineConfigurationFiles.Empty
            .With(BytePath.FromText("/etc/docker/daemon.json"), ByteString.FromText("{\"storage-driver\": \"overlay2\",\n \"data-root\": \"\\/srv\\/customer\\u0041\", \"customer-key\": [1, true]}"))
            .With(BytePath.FromText("/etc/systemd/system/docker.service"), ByteString.FromText("[Unit]\nDescription=customer\n[Service]\nExecStart=/usr/bin/dockerd --host fd:// $CUSTOMER_FLAGS\nEnvironmentFile=-/etc/sysconfig/customer\n"))
            .With(BytePath.FromText("/etc/sysconfig/customer"), ByteString.FromText("CUSTOMER_FLAGS=\"--storage-driver=overlay2 --data-root /srv/customer\"\n"));

        EngineConfigurationFiles redacted = new StorageSnapshot { Configuration = SnapshotPart.Known(files) }.Redact("key"u8).Configuration.Value;

        EngineConfiguration before = EngineConfiguration.Resolve(files);
        EngineConfiguration after = EngineConfiguration.Resolve(redacted);
        Assert.Equal("overlay2", after.StorageDriver?.Value.ToString());
        Assert.Equal(before.Problems.Select(problem => problem.Kind), after.Problems.Select(problem => problem.Kind));
        Assert.Equal(before.Settings.Select(setting => setting.Name).Where(name => !name.Contains("customer", StringComparison.Ordinal)), after.Settings.Select(setting => setting.Name).Where(name => name[0] != 'x'));
        Assert.DoesNotContain("customer", string.Concat(redacted.Files.Select(file => file.Key + " " + file.Value.Content)), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void The_same_key_gives_the_same_names_and_another_one_others()
    {
        StorageSnapshot snapshot = CorpusSnapshots.Read("healthy-running");

        Assert.Equal(Save(snapshot.Redact("a"u8)), Save(snapshot.Redact("a"u8)));
        Assert.NotEqual(Save(snapshot.Redact("a"u8)), Save(snapshot.Redact("b"u8)));
        Assert.NotEqual(Save(snapshot.Redact()), Save(snapshot.Redact()));
    }

    private static DiagnosisReport Diagnose(StorageSnapshot snapshot) => new StorageDiagnoser().Diagnose(snapshot, cancellationToken: TestContext.Current.CancellationToken);

    private static IEnumerable<bool> Agreements(DockerClassicStore store) => store.Layers
        .Select(layer => (store.GetExpectedLink(layer.Id).Value == layer.Link.Content, store.GetExpectedLower(layer.Id).Value == layer.Lower.Content, store.GetShortLinksOfLayer(layer.Id).Count))
        .Order()
        .SelectMany(agreement => new[] { agreement.Item1, agreement.Item2, agreement.Item3 > 0 });

    private static IEnumerable<(int, MountVisibilityStatus, bool)> Mounts(StorageSnapshot snapshot)
    {
        var store = (DockerClassicStore)snapshot.Stores.Value[0];
        HashSet<BytePath> merged = [.. store.Layers.Select(layer => layer.MergedPath)];
        return snapshot.Mounts.Value.Entries.Select(mount => (mount.MountId, snapshot.Mounts.Value.GetVisibility(mount).Status, merged.Contains(mount.MountPoint)));
    }

    private static string Save(StorageSnapshot snapshot)
    {
        using var stream = new MemoryStream();
        snapshot.Save(stream);
        return Encoding.UTF8.GetString(stream.ToArray());
    }

    [GeneratedRegex("[0-9a-f]{64}|[A-Z2-7]{26}")]
    private static partial Regex Ids();
}
