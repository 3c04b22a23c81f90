using System.Collections.Immutable;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Diagnosis;
using Overlay2.Storage.Engines;
using Overlay2.Storage.Engines.Docker;
using Overlay2.Storage.Repair;
using Overlay2.Storage.Snapshots;
using Overlay2.Storage.Tests.Engines;

namespace Overlay2.Storage.Tests.Diagnosis;

/// <summary>A recorded sound store on disk, from which one record is taken: who is left naming it is found, and nothing that it names is called unused.</summary>
public sealed class DanglingRecordTests : IDisposable
{
    private const string LayerDatabase = "image/overlay2/layerdb";
    private const string Images = "image/overlay2/imagedb/content/sha256";
    private const string Repositories = "image/overlay2/repositories.json";
    private const string Nothing = "0000000000000000000000000000000000000000000000000000000000000001";

    private readonly TemporaryTree _tree = new TemporaryTree().WithRecorded(DockerRootCorpus.ReadTree("healthy-stopped"));

    public void Dispose() => _tree.Dispose();

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(-1)]
    public void An_entry_that_the_layer_database_lacks_is_found_with_its_directory(int place)
    {
        DockerImage image = Image();
        ByteString chain = image.ChainIds[place < 0 ? image.ChainIds.Count - 1 : place];
        Assert.True(Read().TryGetImageLayer(chain, out DockerImageLayer? layer));
        _tree.Without(Entry(chain));

        DiagnosisReport report = Diagnose();

        Assert.Equal(["OVL0117"], CorpusSnapshots.Ids(report));
        Finding finding = report.Findings.First(finding => finding.Id == "OVL0117");
        Assert.Equal(chain, finding.Subject.Id);
        Assert.Contains(finding.Evidence, evidence => evidence.Text.Contains(layer.CacheId.Trimmed.ToString(), StringComparison.Ordinal));
        Assert.Contains(finding.Evidence, evidence => evidence.Source == "images" && evidence.Text.Contains(image.Name, StringComparison.Ordinal));
        Assert.DoesNotContain(report.Findings, finding => finding.Id == "OVL0107" && finding.Status != FindingStatus.Unknown);
        Assert.Empty(Plan(report).Steps);
    }

    [Fact]
    public void A_container_of_a_layer_that_the_database_lacks_is_named()
    {
        DockerContainerLayer container = Read().ContainerLayers[0];
        _tree.WithFile($"{LayerDatabase}/mounts/{container.ContainerId}/parent", $"sha256:{Nothing}");

        Finding finding = Assert.Single(Diagnose().Findings, finding => finding.Severity >= FindingSeverity.Warning && finding.Status != FindingStatus.Unknown);

        Assert.Equal("OVL0117", finding.Id);
        Assert.True(Read().TryGetContainer(container.ContainerId, out DockerContainer? record));
        Assert.Contains(finding.Evidence, evidence => evidence.Source == "containers" && evidence.Text.Contains(record.Name, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("../../../../etc")]
    [InlineData("sha256:../../../etc/passwd")]
    [InlineData("sha256:")]
    public void What_cannot_be_an_entry_leads_nowhere(string chain)
    {
        string image = Directory.GetFiles(_tree[Images])[0];
        File.WriteAllText(image, $$$"""{"rootfs":{"diff_ids":["{{{chain}}}"]}}""");

        Finding finding = Diagnose().Findings.First(finding => finding.Id == "OVL0117");

        Assert.Equal(_tree[LayerDatabase], finding.Subject.Path.ToString());
    }

    [Fact]
    public void All_entries_at_once_are_one_loss()
    {
        _tree.Without($"{LayerDatabase}/sha256");

        DiagnosisReport report = Diagnose();

        Assert.Single(report.Findings, finding => finding.Id == "OVL0117");
        Assert.Equal(["OVL0117"], CorpusSnapshots.Ids(report));
    }

    [Fact]
    public void A_name_of_an_image_without_a_record_is_found()
    {
        string name = Image().Name;
        File.Delete(_tree[$"{Images}/{Image().Id.ToString()["sha256:".Length..]}"]);

        DiagnosisReport report = Diagnose();

        Assert.Equal(["OVL0118"], CorpusSnapshots.Ids(report));
        Assert.Contains(name, report.Findings.First(finding => finding.Id == "OVL0118").Message, StringComparison.Ordinal);
    }

    [Fact]
    public void All_images_at_once_are_one_loss()
    {
        _tree.Without(Images);

        Assert.Equal(["OVL0118"], Diagnose().Findings.Where(finding => finding.Severity >= FindingSeverity.Warning).Select(finding => finding.Id));
    }

    [Fact]
    public void What_a_failed_removal_left_of_a_container_is_a_warning_and_unused_layers_are_still_found()
    {
        _tree.WithFile($"containers/{Nothing}/checkpoints/x", "");
        WithUnused();

        DiagnosisReport report = Diagnose();

        Assert.Equal(["OVL0107", "OVL0119"], CorpusSnapshots.Ids(report));
        Assert.Equal(FindingStatus.Confirmed, report.Findings.First(finding => finding.Id == "OVL0107").Status);
        Assert.Equal(_tree[$"containers/{Nothing}"], report.Findings.First(finding => finding.Id == "OVL0119").Subject.Path.ToString());
    }

    [Fact]
    public void The_layers_of_a_container_that_is_gone_are_left_over()
    {
        ByteString id = Read().Containers[0].Id;
        _tree.Without($"containers/{id}");

        Assert.Equal(["OVL0119"], CorpusSnapshots.Ids(Diagnose()));
    }

    [Fact]
    public void The_second_file_of_a_container_need_not_be_there()
    {
        File.Delete(_tree[$"containers/{Read().Containers[0].Id}/hostconfig.json"]);

        Assert.Empty(Diagnose().Findings.Where(finding => finding.Severity >= FindingSeverity.Warning));
    }

    [Fact]
    public void An_image_that_was_removed_by_force_is_no_fault_and_its_layers_are_needed()
    {
        DockerContainer container = Read().Containers[0];
        Remove(container.ImageId);

        Assert.Empty(CorpusSnapshots.Ids(Diagnose()));
    }

    [Fact]
    public void An_entry_that_no_image_and_no_container_leads_to_is_unused_with_its_directory()
    {
        foreach (DockerContainer container in Read().Containers)
            _tree.Without($"containers/{container.Id}").Without($"{LayerDatabase}/mounts/{container.Id}");
        foreach (DockerImage image in Read().Images)
            Remove(image.Id.ToString());
        DockerClassicStore store = Read();

        DiagnosisReport report = Diagnose();

        Assert.Equal(store.Layers.Select(layer => layer.Id), report.Findings.Where(finding => finding.Id == "OVL0107").Select(finding => finding.Subject.Id).Order());

        // There is no image at all: of what has a record that is strange.
        Assert.All(store.ImageLayers, layer => Assert.Equal(FindingStatus.Suspected, report.Findings.First(finding => finding.Subject.Id == layer.CacheId.Trimmed).Status));
    }

    [Fact]
    public void A_plan_takes_entry_and_directory()
    {
        DockerImageLayer entry = WithUnused();

        DiagnosisReport report = Diagnose();
        RepairPlan plan = Plan(report);

        Finding finding = Assert.Single(report.Findings, finding => finding.Id == "OVL0107");
        Assert.Equal(FindingStatus.Confirmed, finding.Status);
        Assert.Contains(finding.Evidence, evidence => evidence.Text.StartsWith("5 bytes", StringComparison.Ordinal));
        Assert.Contains(plan.Steps, step => step.Title.Contains(entry.Directory.ToString(), StringComparison.Ordinal));
        Assert.Contains(plan.Steps, step => step.Title.Contains(entry.CacheId.Trimmed.ToString(), StringComparison.Ordinal));
    }

    /// <summary>An entry with a directory that nobody needs.</summary>
    private DockerImageLayer WithUnused()
    {
        const string Id = "1111111111111111111111111111111111111111111111111111111111111111";
        string entry = $"{LayerDatabase}/sha256/{Id}";
        _tree.WithFile($"{entry}/cache-id", Id).WithFile($"{entry}/diff", $"sha256:{Id}").WithFile($"{entry}/size", "5")
            .WithDirectory($"overlay2/{Id}/diff").WithFile($"overlay2/{Id}/link", "AAAAAAAAAAAAAAAAAAAAAAAAAA").WithFile($"overlay2/{Id}/committed", "").WithLink("overlay2/l/AAAAAAAAAAAAAAAAAAAAAAAAAA", $"../{Id}/diff");
        Directory.SetLastWriteTimeUtc(_tree[$"overlay2/{Id}"], DateTime.UnixEpoch.AddDays(1));
        Assert.True(Read().TryGetImageLayer(ByteString.FromText($"sha256:{Id}"), out DockerImageLayer? layer));
        return layer;
    }

    private void Remove(string imageId)
    {
        File.Delete(_tree[$"{Images}/{imageId["sha256:".Length..]}"]);
        string[] names = [.. Read().RepositoryNames.Where(name => name.ImageId.ToString() != imageId).Select(name => $"\"{name.Name}\":\"{name.ImageId}\"")];
        _tree.WithFile(Repositories, "{\"Repositories\":{\"app\":{" + string.Join(',', names) + "}}}");
    }

    private DockerImage Image() => Read().Images.First(image => image.ChainIds.Count > 2 && image.References.Count > 0);

    private static string Entry(ByteString chain) => $"{LayerDatabase}/sha256/{chain.ToString()["sha256:".Length..]}";

    private DockerClassicStore Read() => DockerClassicStore.Read(BytePath.FromText(_tree.Root), cancellationToken: TestContext.Current.CancellationToken);

    private StorageSnapshot Snapshot() => DiagnosisReportTests.Whole() with { Time = SnapshotPart.Known(DateTimeOffset.UnixEpoch.AddYears(200)), Stores = SnapshotPart.Known(ImmutableArray.Create<ILayerStore>(Read())) };

    private DiagnosisReport Diagnose() => CorpusSnapshots.Diagnose(Snapshot());

    private static RepairPlan Plan(DiagnosisReport report) => RepairPlanner.Plan(report, cancellationToken: TestContext.Current.CancellationToken);
}
