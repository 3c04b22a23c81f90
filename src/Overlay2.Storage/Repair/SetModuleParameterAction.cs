namespace Overlay2.Storage.Repair;

/// <summary>Switches a parameter of the kernel's overlay module, which holds for mounts that are made afterwards, until the next boot.</summary>
/// <param name="Parameter">The name of the file in <c>/sys/module/overlay/parameters</c>; one of the module's switches.</param>
/// <param name="From">What it must be before: <c>Y</c> or <c>N</c>.</param>
/// <param name="To">What it will be.</param>
public sealed record SetModuleParameterAction(string Parameter, string From, string To) : RepairAction;
