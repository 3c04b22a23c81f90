using Overlay2.Storage.Repair.Hosts;
using Overlay2.Storage.Repair.Scripts;

namespace Overlay2.Storage.Repair.Predicates;

/// <summary>A file has an attribute, or has it not.</summary>
/// <param name="Place">The place.</param>
/// <param name="Attribute">The attribute.</param>
/// <param name="IsSet">Whether it is set.</param>
internal sealed record AttributePredicate(StorePlace Place, EntryAttribute Attribute, bool IsSet) : RepairPredicate
{
    internal override string Describe() => $"{Place} {(IsSet ? "has" : "has not")} the attribute {Attribute}";

    internal override ValueTask<string?> TestAsync(MachineState state, CancellationToken cancellationToken) =>
        new(state.Entries.HasAttribute(Place, Attribute) == IsSet ? null : $"{Place} {(IsSet ? "has not" : "has")} the attribute {Attribute}");

    // No answer of lsattr(1) is neither.
    internal override ScriptPart ToScript()
    {
        char letter = Attribute == EntryAttribute.Immutable ? 'i' : 'a';
        return ScriptPart.Command($"{{ {ShellScript.Direct(Place)}case $(lsattr -d {ShellScript.Quote(Place)} | cut -d ' ' -f 1) in {(IsSet ? $"*{letter}*) ;; *" : $"'' | *{letter}*")}) false ;; esac; }}");
    }
}
