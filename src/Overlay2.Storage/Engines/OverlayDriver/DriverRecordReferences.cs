using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.Engines.OverlayDriver;

/// <summary>The references between the layers and short links of an overlay driver's home, which all its engines share.</summary>
/// <remarks>
/// Each reference is looked up by itself and none is followed further, so that the work grows with the store and a circle ends nowhere.
/// </remarks>
internal abstract class DriverRecordReferences
{
    private readonly OverlayDriverStore _store;
    private readonly bool _areLinksUnread;
    private readonly HashSet<ByteString> _others;

    /// <param name="store">The store.</param>
    /// <param name="hasOtherStores">Whether what is below a layer can be in another store.</param>
    /// <param name="list">Takes the references.</param>
    protected DriverRecordReferences(OverlayDriverStore store, bool hasOtherStores, RecordReferenceList list)
    {
        _store = store;
        HasOtherStores = hasOtherStores;
        List = list;
        Unread = new UnreadParts(store.ReadProblems);
        _others = [.. store.OtherEntries];
        _areLinksUnread = Unread.Hold(store.DriverHome.Combine(OverlayDriverNames.Links));
    }

    public IReadOnlyList<RecordReference> All => List.All;

    protected bool HasOtherStores { get; }

    protected RecordReferenceList List { get; }

    protected UnreadParts Unread { get; }

    protected void AddDriverHome()
    {
        foreach (OverlayDriverLayer layer in _store.Layers)
        {
            AddLink(layer);
            AddLower(layer);
        }

        foreach (OverlayDriverShortLink link in _store.ShortLinks)
            AddShortLink(link);
    }

    /// <summary>Whether there is a layer directory of an id.</summary>
    protected RecordOutcome FindLayer(ByteString id)
    {
        if (_store.TryGetLayer(id, out _))
            return RecordOutcome.Resolved;

        // Only a name can be one of a directory here; a path is not followed, not even by its text.
        if (id.Span.Contains((byte)'/') || id.Span is [(byte)'.'] or [(byte)'.', (byte)'.'])
            return RecordOutcome.Dangling(RecordReferenceReason.MalformedRecord);

        // What is not read as a layer can be a link to one, which the engine would follow.
        return _others.Contains(id)
            ? RecordOutcome.NotKnown(RecordReferenceReason.NotRead)
            : RecordOutcome.Absent(Unread.Hold(_store.DriverHome.Combine(new BytePath(id))), RecordReferenceReason.NoSuchDirectory);
    }

    /// <summary>A reference by the name that a file holds.</summary>
    protected void AddFile(RecordIdentity from, BytePath source, StoreFile file, RecordKind kind, Func<ByteString, RecordOutcome> find)
    {
        ByteString id = file.Trimmed;
        List.Add(from, source, new RecordIdentity(kind, id), id.IsEmpty ? RecordOutcome.Of(file) : find(id));
    }

    protected static ByteString TextOf(string text) => ByteString.Wrap(System.Text.Encoding.UTF8.GetBytes(text));

    private void AddLink(OverlayDriverLayer layer)
    {
        if (layer.Link.State == StoreFileState.Missing && !_store.NeedsShortName(layer))
            return;
        ByteString name = layer.Link.Content;
        RecordOutcome outcome = layer.TryGetShortName(out _) ? FindOwnLink(layer, name)
            : layer.Link.HasContent ? RecordOutcome.Dangling(RecordReferenceReason.MalformedRecord)
            : RecordOutcome.Of(layer.Link);
        List.Add(new RecordIdentity(RecordKind.Layer, layer.Id), layer.Directory.Combine(OverlayDriverNames.Link), new RecordIdentity(RecordKind.ShortLink, name), outcome);
    }

    private RecordOutcome FindOwnLink(OverlayDriverLayer layer, ByteString name)
    {
        if (!_store.TryGetShortLink(name, out OverlayDriverShortLink? link))
            return RecordOutcome.Absent(_areLinksUnread, RecordReferenceReason.NoSuchEntry);
        return link.TryGetLayerId(out ByteString linked) && linked != layer.Id && link.Type == StoreEntryType.SymbolicLink
            ? RecordOutcome.Dangling(RecordReferenceReason.LeadsElsewhere)
            : OfType(link);
    }

    private void AddLower(OverlayDriverLayer layer)
    {
        var from = new RecordIdentity(RecordKind.LowerElement, layer.Id);
        if (layer.NamesLayersById)
        {
            AddLowerLayers(layer, from);
            return;
        }

        BytePath source = layer.Directory.Combine(OverlayDriverNames.Lower);
        if (layer.Lower.State != StoreFileState.Present)
        {
            // The lowest layer has no such file; of one that has lost it the records tell that there are layers below.
            if (layer.Lower.State == StoreFileState.Unreadable || _store.LayersAboveOthers.Contains(layer.Id))
                List.Add(from, source, new RecordIdentity(RecordKind.ShortLink, default), RecordOutcome.Of(layer.Lower));
            return;
        }

        foreach (ByteString element in layer.GetLowerElements())
        {
            if (OverlayDriverNames.TryGetShortName(element, out ByteString name))
            {
                List.Add(from, source, new RecordIdentity(RecordKind.ShortLink, name), FindLowerLink(name));
                continue;
            }

            // Of a layer whose link file was empty the driver notes the directory of the links: "l" (observed on Docker 20.10), or "l/".
            bool isEmpty = element.IsEmpty || element.Span is [(byte)'l'] or [(byte)'l', (byte)'/'];
            List.Add(from, source, new RecordIdentity(RecordKind.ShortLink, element), RecordOutcome.Dangling(isEmpty ? RecordReferenceReason.EmptyRecord : RecordReferenceReason.MalformedRecord));
        }
    }

    private void AddLowerLayers(OverlayDriverLayer layer, RecordIdentity from)
    {
        BytePath source = layer.Directory.Combine(OverlayDriverNames.LowerLayers);
        IReadOnlyList<ByteString> ids = layer.GetLowerLayerIds();
        if (ids.Count == 0)
            List.Add(from, source, new RecordIdentity(RecordKind.Layer, default), RecordOutcome.Of(layer.LowerLayers));
        foreach (ByteString id in ids)
        {
            RecordOutcome outcome = id.IsEmpty ? RecordOutcome.Dangling(RecordReferenceReason.EmptyRecord) : FindLayer(id);
            if (HasOtherStores && outcome.Resolution == RecordResolution.Dangling && OverlayDriverNames.IsLayerId(id.Span))
                outcome = RecordOutcome.NotKnown(RecordReferenceReason.InAnotherStore);
            List.Add(from, source, new RecordIdentity(RecordKind.Layer, id), outcome);
        }
    }

    private RecordOutcome FindLowerLink(ByteString name) => _store.TryGetShortLink(name, out OverlayDriverShortLink? link)
        ? OfType(link)
        : RecordOutcome.Absent(_areLinksUnread, RecordReferenceReason.NoSuchEntry, HasOtherStores);

    private static RecordOutcome OfType(OverlayDriverShortLink link) => link.Type switch
    {
        StoreEntryType.SymbolicLink => RecordOutcome.Resolved,
        StoreEntryType.Unknown => RecordOutcome.Unreadable,
        _ => RecordOutcome.Dangling(RecordReferenceReason.WrongType),
    };

    /// <summary>What is no link is no record either: who names it is told so.</summary>
    private void AddShortLink(OverlayDriverShortLink link)
    {
        if (link.Type != StoreEntryType.SymbolicLink)
            return;

        bool hasForm = link.TryGetLayerId(out ByteString id);
        RecordOutcome outcome = hasForm ? FindTarget(link, id)
            : link.Target.IsEmpty ? RecordOutcome.Unreadable
            : RecordOutcome.Dangling(RecordReferenceReason.MalformedRecord);
        BytePath source = _store.DriverHome.Combine(OverlayDriverNames.Links).Combine(new BytePath(link.Name));
        List.Add(new RecordIdentity(RecordKind.ShortLink, link.Name), source, new RecordIdentity(RecordKind.Layer, hasForm ? id : link.Target.Bytes), outcome);
    }

    private RecordOutcome FindTarget(OverlayDriverShortLink link, ByteString id)
    {
        if (!_store.TryGetLayer(id, out OverlayDriverLayer? layer))
            return FindLayer(id);
        if (layer.Diff != StoreEntryType.Directory)
        {
            return layer.Diff switch
            {
                StoreEntryType.Unknown => RecordOutcome.Unreadable,
                StoreEntryType.Missing => RecordOutcome.Dangling(RecordReferenceReason.NoSuchDirectory),
                _ => RecordOutcome.Dangling(RecordReferenceReason.WrongType),
            };
        }

        // A link that a failed create left leads to its layer too, though no link file holds its name.
        IReadOnlyList<OverlayDriverLayer> owners = _store.GetLayersOfShortName(link.Name);
        if (owners.Count == 0 || owners.Any(owner => owner.Id == id))
            return RecordOutcome.Resolved;
        return layer.Link.State == StoreFileState.Unreadable ? RecordOutcome.Unreadable : RecordOutcome.Dangling(RecordReferenceReason.LeadsElsewhere);
    }
}
