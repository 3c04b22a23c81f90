using System.Collections.Immutable;
using Overlay2.Storage.Diagnosis;
using Overlay2.Storage.Engines;
using Overlay2.Storage.Snapshots;
using Overlay2.Storage.Tests.Engines;

namespace Overlay2.Storage.Tests.Diagnosis;

/// <summary>A small store of containers/storage whose layer records are lost, or say that a layer is not finished.</summary>
public sealed class DanglingLayerRecordTests : IDisposable
{
    private const string Root = "var/lib/containers/storage";
    private const string Records = Root + "/overlay-layers/layers.json";

    private static readonly DateTimeOffset s_later = DateTimeOffset.UtcNow.AddDays(7);

    private readonly TemporaryTree _tree = new TemporaryTree().WithContainersStore(Root);

    public void Dispose() => _tree.Dispose();

    [Theory]
    [InlineData("container", "container c1")]
    [InlineData("top", "image localhost/app:1")]
    [InlineData("base", "layer")]
    public void A_layer_without_a_record_is_found_with_who_has_it(string which, string owner)
    {
        string lost = which switch { "container" => ContainersTree.Writable, "top" => ContainersTree.Top, _ => ContainersTree.Base };
        Without(lost);

        DiagnosisReport report = Diagnose();

        Assert.Equal(["OVL0120"], CorpusSnapshots.Ids(report));
        Finding finding = report.Findings.First(finding => finding.Id == "OVL0120");
        Assert.Contains(owner, finding.Message, StringComparison.Ordinal);
        Assert.Contains("the layer's directory is there", finding.Message, StringComparison.Ordinal);
        Assert.Equal((lost, FindingSeverity.Error), (finding.Subject.Id.ToString(), finding.Severity));
    }

    [Fact]
    public void A_layer_without_record_and_directory_is_found()
    {
        Without(ContainersTree.Writable);
        _tree.Without($"{Root}/overlay/{ContainersTree.Writable}").Without($"{Root}/overlay/l/{ContainersTree.Name(ContainersTree.Writable)}");

        Finding finding = Diagnose().Findings.First(finding => finding.Id == "OVL0120");

        Assert.DoesNotContain("is there", finding.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Nothing_is_unused_while_a_record_is_lost()
    {
        Without(ContainersTree.Writable);
        _tree.WithLayer(Root, new string('f', 64));

        DiagnosisReport report = Diagnose();

        Assert.Equal(FindingStatus.Unknown, Assert.Single(report.Findings, finding => finding.Id == "OVL0107").Status);
    }

    [Fact]
    public void All_records_at_once_are_one_loss()
    {
        _tree.WithFile(Records, "[]");

        Assert.Single(Diagnose().Findings, finding => finding.Id == "OVL0120");
    }

    [Theory]
    [InlineData("top", FindingSeverity.Error)]
    [InlineData("container", FindingSeverity.Error)]
    [InlineData("nobody", FindingSeverity.Warning)]
    public void A_layer_that_the_engine_will_remove_is_found(string which, FindingSeverity severity)
    {
        string marked = which switch { "top" => ContainersTree.Top, "container" => ContainersTree.Writable, _ => new string('f', 64) };
        if (which == "nobody")
            _tree.WithLayer(Root, marked).WithFile(Records, File.ReadAllText(_tree[Records]).Replace("[{", $$"""[{"id":"{{marked}}"},{""", StringComparison.Ordinal));
        string text = File.ReadAllText(_tree[Records]);
        _tree.WithFile(Records, text.Replace($"{{\"id\":\"{marked}\"", $$$"""{"flags":{"incomplete":true},"id":"{{{marked}}}" """, StringComparison.Ordinal));

        Finding finding = Assert.Single(Diagnose().Findings, finding => finding.Severity >= FindingSeverity.Warning);

        Assert.Equal(("OVL0121", severity, marked), (finding.Id, finding.Severity, finding.Subject.Id.ToString()));
        Assert.Equal(which != "nobody", Diagnose(DateTimeOffset.UtcNow).Findings.Any(finding => finding.Id == "OVL0121")); // It may be made just now.
    }

    private void Without(string layer)
    {
        string[] records = [.. File.ReadAllText(_tree[Records])[1..^1].Split("},").Select(record => record.TrimEnd('}') + "}").Where(record => !record.StartsWith($"{{\"id\":\"{layer}\"", StringComparison.Ordinal))];
        Assert.Equal(2, records.Length);
        _tree.WithFile(Records, $"[{string.Join(',', records)}]");
    }

    private DiagnosisReport Diagnose() => Diagnose(s_later);

    private DiagnosisReport Diagnose(DateTimeOffset now) => CorpusSnapshots.Diagnose(DiagnosisReportTests.Whole() with
    {
        Time = SnapshotPart.Known(now), Stores = SnapshotPart.Known(ImmutableArray.Create<ILayerStore>(ContainersTree.Read(_tree, Root))),
    });
}
