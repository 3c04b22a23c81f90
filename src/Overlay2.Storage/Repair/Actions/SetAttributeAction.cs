using Overlay2.Storage.Bytes;
using Overlay2.Storage.Repair.Hosts;
using Overlay2.Storage.Repair.Predicates;
using Overlay2.Storage.Repair.Scripts;

namespace Overlay2.Storage.Repair.Actions;

/// <summary>Sets or clears an attribute of one file or directory; nothing else of it changes, and nothing in it.</summary>
/// <param name="Place">The place; no link on the way is followed.</param>
/// <param name="Attribute">The attribute.</param>
/// <param name="IsSet">Whether it is set afterwards.</param>
internal sealed record SetAttributeAction(StorePlace Place, EntryAttribute Attribute, bool IsSet) : RepairAction
{
    internal override bool MendsStore => true;

    internal override BytePath? StoreRoot => Place.Root;

    internal override HostResult Run(RepairHost host) => host.Entries.SetAttribute(Place, Attribute, IsSet);

    internal override bool IsAllowedIn(RepairPlan plan) => PlanPaths.IsPlain(Place) && Enum.IsDefined(Attribute);

    internal override ScriptPart ToScript() => ScriptPart.Command($"chattr {(IsSet ? '+' : '-')}{(Attribute == EntryAttribute.Immutable ? 'i' : 'a')} {ShellScript.Quote(Place)}");

    internal override async ValueTask<bool> IsUndoneAsync(MachineState state, string noted) => await state.HoldsAsync(new AttributePredicate(Place, Attribute, !IsSet)).ConfigureAwait(false);
}
