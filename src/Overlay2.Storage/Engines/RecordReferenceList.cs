using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.Engines;

/// <summary>Gathers the references of a store, up to a limit: a file of 64 KB can hold tens of thousands of names that are none.</summary>
/// <param name="most">The most references that are kept.</param>
internal sealed class RecordReferenceList(int most = RecordReferenceList.Most)
{
    /// <summary>Some 250 MB; a store of 20,000 layers, each on a hundred others, has as many.</summary>
    public const int Most = 2_000_000;

    private readonly List<RecordReference> _references = [];

    public IReadOnlyList<RecordReference> All => _references;

    /// <summary>Adds what a record may also leave out.</summary>
    public void AddUnlessEmpty(RecordIdentity from, BytePath source, RecordIdentity to, RecordOutcome outcome)
    {
        if (!to.Id.IsEmpty)
            Add(from, source, to, outcome);
    }

    public void Add(RecordIdentity from, BytePath source, RecordIdentity to, RecordOutcome outcome)
    {
        if (_references.Count < most)
            _references.Add(new RecordReference(from, source, to, outcome.Resolution, outcome.Reason));
        else if (_references.Count == most)
            _references.Add(new RecordReference(from, source, to, RecordResolution.NotKnown, RecordReferenceReason.TooMany));
    }
}
