using Overlay2.Storage.Bytes;
using Overlay2.Storage.Repair.Hosts;
using Overlay2.Storage.Repair.Predicates;
using Overlay2.Storage.Repair.Scripts;

namespace Overlay2.Storage.Repair.Actions;

/// <summary>Moves something to another place of the same file system, with all that is in it. What is at the new place already is never replaced.</summary>
/// <param name="From">Where it is.</param>
/// <param name="To">Where it is afterwards; the directory must be there, and the name must be free.</param>
/// <param name="Identity">How it is known again.</param>
internal sealed record MoveEntryAction(StorePlace From, StorePlace To, EntryIdentity Identity) : RepairAction
{
    /// <summary>Whether everything that was written to the file system goes to disk first (syncfs(2)); errors of earlier writing come out then.</summary>
    public bool Synchronize { get; init; }

    internal override bool MendsStore => true;

    internal override BytePath? StoreRoot => From.Root;

    internal override HostResult Run(RepairHost host) => host.Entries.MoveEntry(From, To, Identity, Synchronize);

    internal override bool IsAllowedIn(RepairPlan plan) => PlanPaths.IsInStore(From) && PlanPaths.IsInStore(To) && From.Root == To.Root && Identity is not null
        && (StoreLayout.IsQuarantined(From) || StoreLayout.IsQuarantined(To));

    // mv(1) would copy to another file system.
    internal override ScriptPart ToScript()
    {
        string from = ShellScript.Quote(From);
        To.FullPath.TryGetParent(out BytePath parent);
        return ScriptPart.Command(
            $"[ \"$(stat -c %d {from})\" = \"$(stat -L -c %d {ShellScript.Quote(parent.Bytes)})\" ] && {(Synchronize ? $"sync -f {from} && " : "")}mv -nT {from} {ShellScript.Quote(To)}");
    }

    internal override async ValueTask<bool> IsUndoneAsync(MachineState state, string noted) => await state.HoldsAsync(new IdentityPredicate(From, Identity)).ConfigureAwait(false);
}
