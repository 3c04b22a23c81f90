namespace Overlay2.Storage.Repair;

/// <summary>A parameter of the kernel's overlay module has a value.</summary>
/// <param name="Parameter">The name of the file in <c>/sys/module/overlay/parameters</c>.</param>
/// <param name="Value">The value, such as <c>N</c>.</param>
public sealed record ModuleParameterPredicate(string Parameter, string Value) : RepairPredicate;
