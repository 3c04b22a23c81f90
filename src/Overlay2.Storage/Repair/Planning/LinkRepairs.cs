using System.Security.Cryptography;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Diagnosis;
using Overlay2.Storage.Engines;
using Overlay2.Storage.Engines.OverlayDriver;
using Overlay2.Storage.Hosts;
using Overlay2.Storage.Repair.Hosts;

namespace Overlay2.Storage.Repair.Planning;

/// <summary>The repairs of link files and short links of the overlay2 driver.</summary>
internal static class LinkRepairs
{
    private const int ShortNameLength = 26;

    /// <summary>OVL0101: the file gets the name that links and lower files give the layer, or a new one where nobody uses any.</summary>
    public static string? PlanLinkFile(PlanDraft draft, Finding finding, HostDriverStore view)
    {
        if (!view.Store.TryGetLayer(finding.Subject.Id, out OverlayDriverLayer? layer))
            return "the layer is not in the snapshot";
        return LinkFile(draft, view, layer, out List<RepairStep> steps) ?? draft.Add(finding, steps);
    }

    /// <summary>The steps that give a layer its link file.</summary>
    /// <returns>Why there are none; <see langword="null"/> if there are.</returns>
    public static string? LinkFile(PlanDraft draft, HostDriverStore view, OverlayDriverLayer layer, out List<RepairStep> steps)
    {
        OverlayDriverStore store = view.Store;
        steps = [];
        ExpectedValue expected = store.GetExpectedLink(layer.Id);
        ByteString name = expected.Value;
        if (expected.Status != ExpectedValueStatus.Known)
        {
            // A new name is safe only where no layer above can have used the lost one, and asked for only where somebody needs the layer.
            if (expected.Status != ExpectedValueStatus.Unknown || store.MayHaveLayerAbove(layer.Id))
                return StoreRepairs.Explain(expected);
            if (!view.KnowsAllReferences || !store.References.Any(reference => reference.LayerId == layer.Id))
                return "no record names the layer, so it may be that nobody needs it: first the records have to be whole";
            name = NewName(store, layer.Id);
        }

        if (layer.Diff == StoreEntryType.Directory && !IsLinkTo(store, name, layer.Id))
        {
            if (ShortLink(draft, view, name, layer.Id, steps) is { } refused)
                return refused;
        }

        StorePlace? like = store.Layers.FirstOrDefault(other => other.TryGetShortName(out _)) is { } model ? Place(store, model.Directory.Combine(OverlayDriverNames.Link)) : null;
        steps.Add(StoreSteps.Replace(
            $"Write the short name {name} into the link file of layer {layer.Id}", Place(store, layer.Directory.Combine(OverlayDriverNames.Link)), EntryState.Of(layer.Link), EntryState.File(name),
            RepairRisk.R1, "none: the file is read when a container is made or removed", layer.Link.State == StoreFileState.Missing ? like : null, StoreSteps.Unused(view, layer.Id, orEngineStopped: true)));
        return StoreSteps.FindUser(draft, view, layer.Id) is { } user && draft.IsEngineRunning
            ? $"the layer is in use ({user}) and the engine runs: stop the engine, or what uses the layer, and plan again"
            : null;
    }

    /// <summary>OVL0102: the link leads to the layer that has the name.</summary>
    public static string? PlanShortLink(PlanDraft draft, Finding finding, HostDriverStore view)
    {
        List<RepairStep> steps = [];
        return ShortLink(draft, view, finding.Subject.Id, layerId: null, steps) ?? draft.Add(finding, steps);
    }

    /// <summary>OVL0110: every name that a link or lower file has gets its link again.</summary>
    public static string? PlanAllShortLinks(PlanDraft draft, Finding finding, HostDriverStore view)
    {
        HashSet<ByteString> names = [.. view.UsedNames.Keys];
        foreach (OverlayDriverLayer layer in view.Store.Layers)
        {
            if (layer.Diff == StoreEntryType.Directory && layer.TryGetShortName(out ByteString name))
                names.Add(name);
        }

        List<RepairStep> steps = [];
        List<string> lost = [];
        foreach (ByteString name in names.Order())
        {
            if (ShortLink(draft, view, name, layerId: null, steps) is { } refused)
                lost.Add($"{name}: {refused}");
        }

        if (steps.Count == 0)
            return lost.Count > 0 ? string.Join("; ", lost.Take(4)) : "no file names a short link";

        if (draft.Add(finding, steps) is { } refusal)
            draft.Refuse(finding, refusal);
        return lost.Count > 0 ? $"of the names, {lost.Count} cannot be made again: {string.Join("; ", lost.Take(4))}" : null;
    }

    /// <summary>OVL0112: only where every other name of the store is sound, since a link may be the last trace of one.</summary>
    public static string? PlanUnused(PlanDraft draft, Finding finding, HostDriverStore view)
    {
        if (!view.Store.TryGetShortLink(finding.Subject.Id, out OverlayDriverShortLink? link))
            return null;
        if (draft.HasUnsoundNames(view.Store.DataRoot))
            return "first every link file and short link has to be sound: this one may be the last trace of a name; then diagnose again";

        if (!view.KnowsAllReferences)
            return "records of the store are lost: it may lead to a layer that one of them names";

        if (link.TryGetLayerId(out ByteString id) && view.IsRecorded(id))
            return $"it leads to the layer {id}, which is lost and not forgotten: it stays as long as a record needs that layer";

        StorePlace place = Place(view.Store, view.LinkPath(link.Name));
        return draft.Add(finding, link.Type == StoreEntryType.SymbolicLink
            ? [StoreSteps.Replace($"Remove the short link {link.Name}, which no layer uses", place, EntryState.Link(link.Target), EntryState.Missing, RepairRisk.R1)]
            : [.. SetAside(draft, view, place, link.Type)]);
    }

    /// <summary>Adds the steps that make a short link lead to its layer.</summary>
    /// <returns>Why there are none; <see langword="null"/> if there are.</returns>
    private static string? ShortLink(PlanDraft draft, HostDriverStore view, ByteString name, ByteString? layerId, List<RepairStep> steps)
    {
        OverlayDriverStore store = view.Store;
        if (!OverlayDriverNames.IsShortName(name.Span))
            return $"{name} is no short name";
        ExpectedValue expected = layerId is { } id
            ? new ExpectedValue { Status = ExpectedValueStatus.Known, Value = OverlayDriverNames.ShortLinkTarget(id).Bytes }
            : store.GetExpectedShortLinkTarget(name);
        if (expected.Status != ExpectedValueStatus.Known || !OverlayDriverNames.TryGetLinkedLayer(new BytePath(expected.Value), out ByteString target))
            return StoreRepairs.Explain(expected);
        if (!store.TryGetLayer(target, out OverlayDriverLayer? layer) || layer.Diff != StoreEntryType.Directory)
            return $"the layer {target} that it should lead to is not there";

        StorePlace directory = Place(store, store.DriverHome.Combine(OverlayDriverNames.Links));
        if (store.ShortLinkDirectory != StoreEntryType.Directory && steps.Count == 0)
        {
            if (store.ShortLinkDirectory is not (StoreEntryType.Missing or StoreEntryType.Unknown))
                steps.AddRange(SetAside(draft, view, directory, store.ShortLinkDirectory));
            steps.Add(StoreSteps.Replace($"Make the directory {directory}", directory, EntryState.Missing, EntryState.Directory, RepairRisk.R1));
        }

        StorePlace place = Place(store, view.LinkPath(name));
        EntryState from = EntryState.Missing;
        if (store.TryGetShortLink(name, out OverlayDriverShortLink? link) && link.Type == StoreEntryType.SymbolicLink)
            from = EntryState.Link(link.Target);
        else if (link is not null)
            steps.AddRange(SetAside(draft, view, place, link.Type));
        steps.Add(StoreSteps.Replace(
            from == EntryState.Missing ? $"Make the short link {name} to layer {target}" : $"Make the short link {name} lead to layer {target}",
            place, from, EntryState.Link(new BytePath(expected.Value)), RepairRisk.R1, "none: mounts that exist do not look at it"));
        return null;
    }

    /// <summary>What is in the place of something else is kept.</summary>
    public static IEnumerable<RepairStep> SetAside(PlanDraft draft, HostStore view, StorePlace place, StoreEntryType type, string name = "") =>
    [
        .. StoreRepairs.MakeQuarantine(draft, view),
        StoreSteps.Move(
            $"Set {place} aside", place, StoreRepairs.KeepPlace(draft, view, name.Length == 0 ? place.Path.FileName.ToString() : name),
            new EntryIdentity(type), RepairRisk.R1),
    ];

    private static bool IsLinkTo(OverlayDriverStore store, ByteString name, ByteString layerId) =>
        store.TryGetShortLink(name, out OverlayDriverShortLink? link) && link.TryGetLayerId(out ByteString id) && id == layerId;

    /// <summary>A name that the store does not have, the same each time for the same layer.</summary>
    private static ByteString NewName(OverlayDriverStore store, ByteString layerId)
    {
        ReadOnlySpan<byte> alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"u8;
        byte[] seed = [.. layerId.Span];
        while (true)
        {
            seed = SHA256.HashData(seed);
            byte[] letters = new byte[ShortNameLength];
            for (int i = 0; i < letters.Length; i++)
                letters[i] = alphabet[seed[i] % alphabet.Length];
            var name = new ByteString(letters);
            if (!store.TryGetShortLink(name, out _) && store.GetLayersOfShortName(name).Count == 0)
                return name;
        }
    }

    private static StorePlace Place(OverlayDriverStore store, BytePath path) => StoreLayout.Place(store, path);
}
