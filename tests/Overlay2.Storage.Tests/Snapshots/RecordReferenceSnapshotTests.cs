using System.Text;
using System.Text.Json.Nodes;
using Overlay2.Storage.Engines;
using Overlay2.Storage.Engines.Docker;
using Overlay2.Storage.Snapshots;
using Overlay2.Storage.Tests.Diagnosis;
using Overlay2.Storage.Tests.Engines;

namespace Overlay2.Storage.Tests.Snapshots;

public sealed class RecordReferenceSnapshotTests
{
    [Theory]
    [MemberData(nameof(DockerRootCorpus.AllStates), MemberType = typeof(DockerRootCorpus))]
    public void References_of_a_recorded_state_survive_saving_and_a_redaction(string state)
    {
        StorageSnapshot snapshot = CorpusSnapshots.Read(state);
        ILayerStore store = snapshot.Stores.Value[0];

        Assert.Equal(store.RecordReferences, Load(Save(snapshot)).Stores.Value[0].RecordReferences);
        ILayerStore redacted = Load(Save(snapshot.Redact("key"u8))).Stores.Value[0];
        Assert.Equal(Answers(store), Answers(redacted));
        Assert.DoesNotContain("app:1", string.Join('\n', redacted.RecordReferences), StringComparison.Ordinal);

        static IEnumerable<(RecordKind, RecordKind, RecordResolution, RecordReferenceReason)> Answers(ILayerStore store) =>
            store.RecordReferences.Select(reference => (reference.From.Kind, reference.To.Kind, reference.Resolution, reference.Reason)).Order();
    }

    [Fact]
    public void A_file_of_an_earlier_version_does_not_know_them_all()
    {
        JsonNode json = JsonNode.Parse(Save(CorpusSnapshots.Read("healthy-running")))!;
        var store = (JsonObject)json["stores"]!["value"]![0]!["dockerClassic"]!;
        Assert.True(store.Remove("repositoryNames"));
        Assert.True(store.Remove("knowsRecordReferences"));

        var loaded = (DockerClassicStore)Load(json.ToJsonString()).Stores.Value[0];

        Assert.False(loaded.KnowsRecordReferences);
        Assert.Equal(["Repository -> Image: NotKnown NotRead"], RecordReferenceText.Unresolved(loaded));
        Assert.Contains(loaded.RecordReferences, reference => reference.From.Id.ToString() == "app:1" && reference.Resolution == RecordResolution.Resolved);
    }

    [Fact]
    public void A_null_among_the_names_is_refused()
    {
        JsonNode json = JsonNode.Parse(Save(CorpusSnapshots.Read("healthy-running")))!;
        ((JsonArray)json["stores"]!["value"]![0]!["dockerClassic"]!["repositoryNames"]!).Add(null);

        Assert.Throws<SnapshotFormatException>(() => Load(json.ToJsonString()));
    }

    private static string Save(StorageSnapshot snapshot)
    {
        using var stream = new MemoryStream();
        snapshot.Save(stream);
        return Encoding.UTF8.GetString(stream.ToArray());
    }

    private static StorageSnapshot Load(string json) => StorageSnapshot.Load(new MemoryStream(Encoding.UTF8.GetBytes(json)));
}
