using System.Collections.Immutable;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Engines;
using Overlay2.Storage.Engines.OverlayDriver;
using Overlay2.Storage.Hosts;
using Overlay2.Storage.Repair.Actions;
using Overlay2.Storage.Repair.Hosts;
using Overlay2.Storage.Repair.Predicates;

namespace Overlay2.Storage.Repair.Planning;

/// <summary>Steps about entries of a store.</summary>
internal static class StoreSteps
{
    /// <summary>Puts an entry in the place of another. What was there is in the plan, so the step can be undone.</summary>
    public static RepairStep Replace(
        string title, StorePlace place, EntryState from, EntryState to, RepairRisk risk, string effect = "none", StorePlace? like = null, params ImmutableArray<RepairPredicate> before) => new()
        {
            Title = title,
            Action = new ReplaceEntryAction(place, from, to) { Like = like },
            Preconditions = [new EntryPredicate(place, from), .. before],
            Postconditions = [new EntryPredicate(place, to)],
            Risk = risk,
            Effect = effect,
            Undo = [new ReplaceEntryAction(place, to, from)],
        };

    /// <summary>Moves an entry to another place of the same file system.</summary>
    public static RepairStep Move(
        string title, StorePlace from, StorePlace to, EntryIdentity identity, RepairRisk risk, string effect = "none", bool synchronize = false, params ImmutableArray<RepairPredicate> before) => new()
        {
            Title = title,
            Action = new MoveEntryAction(from, to, identity) { Synchronize = synchronize },
            Preconditions = [new IdentityPredicate(from, identity), new EntryPredicate(to, EntryState.Missing), .. before],
            Postconditions = [new EntryPredicate(from, EntryState.Missing), new IdentityPredicate(to, identity)],
            Risk = risk,
            Effect = effect,
            Undo = [new MoveEntryAction(to, from, identity)],
        };

    /// <summary>The predicates that a layer is used by no mount, under each name that its directory has in mount tables.</summary>
    public static ImmutableArray<RepairPredicate> Unused(HostStore view, ByteString layerId, bool orEngineStopped = false)
    {
        ImmutableArray<ByteString> names = view.Store is OverlayDriverStore driver ? [.. driver.GetShortLinksOfLayer(layerId).Select(link => link.Name)] : [];
        BytePath inStore = view.Store.LayersDirectory.Combine(new BytePath(layerId));
        BytePath inTable = view.PathOf(layerId);
        var predicate = new LayerUnusedPredicate(inTable, view.Home.Home, names) { OrEngineStopped = orEngineStopped };
        return inStore == inTable ? [predicate] : [predicate, predicate with { Layer = inStore, Home = view.Store.DriverHome }];
    }

    /// <summary>The predicate that a layer's directory is still the one that was seen.</summary>
    public static RepairPredicate IsSame(HostStore view, StoredLayer layer) =>
        new IdentityPredicate(StoreLayout.Place(view.Store, layer.Directory), new EntryIdentity(StoreEntryType.Directory) { Inode = layer.Inode });

    /// <summary>Whether a layer is unused by what the snapshot tells; the user, for showing, if it is not.</summary>
    public static string? FindUser(PlanDraft draft, HostStore view, ByteString layerId) =>
        Unused(view, layerId).OfType<LayerUnusedPredicate>().Select(predicate => LayerUse.Find(predicate, draft.AllTables, draft.Named)).FirstOrDefault(user => user is not null);
}
