using Overlay2.Storage.Bytes;
using Overlay2.Storage.Repair.Hosts;
using Overlay2.Storage.Repair.Predicates;
using Overlay2.Storage.Repair.Scripts;

namespace Overlay2.Storage.Repair.Actions;

/// <summary>Switches a parameter of the kernel's overlay module, which holds for mounts that are made afterwards, until the next boot.</summary>
/// <param name="Parameter">The name of the file in <c>/sys/module/overlay/parameters</c>; one of the module's switches.</param>
/// <param name="From">What it must be before: <c>Y</c> or <c>N</c>.</param>
/// <param name="To">What it will be.</param>
internal sealed record SetModuleParameterAction(string Parameter, string From, string To) : RepairAction
{
    internal override HostResult Run(RepairHost host) => host.Configuration.SetModuleParameter(Parameter, From, To);

    internal override bool IsAllowedIn(RepairPlan plan) => ModuleParameters.IsKnown(Parameter) && (From, To) is ("Y", "N") or ("N", "Y");

    internal override ScriptPart ToScript() => ScriptPart.Command($"printf %s {ShellScript.Quote(ByteString.FromText(To))} > {ShellScript.Quote(ModuleParameters.PathOf(Parameter).Bytes)}");

    internal override ValueTask<bool> IsUndoneAsync(MachineState state, string noted) => new(state.ModuleParameter(Parameter) == From);
}
