using Overlay2.Storage.Bytes;
using Overlay2.Storage.Repair.Hosts;
using Overlay2.Storage.Repair.Scripts;

namespace Overlay2.Storage.Repair.Predicates;

/// <summary>A parameter of the kernel's overlay module has a value.</summary>
/// <param name="Parameter">The name of the file in <c>/sys/module/overlay/parameters</c>.</param>
/// <param name="Value">The value, such as <c>N</c>.</param>
internal sealed record ModuleParameterPredicate(string Parameter, string Value) : RepairPredicate
{
    internal override string Describe() => $"the module's parameter {Parameter} is {Value}";

    internal override ValueTask<string?> TestAsync(MachineState state, CancellationToken cancellationToken)
    {
        string? value = state.ModuleParameter(Parameter);
        return new(value is not null && value == Value ? null : $"the module's parameter {Parameter} is {value ?? "not known"}");
    }

    internal override ScriptPart ToScript() =>
        ScriptPart.Command(ShellScript.Holds(ModuleParameters.PathOf(Parameter), ByteString.FromText(Value + "\n")));
}
