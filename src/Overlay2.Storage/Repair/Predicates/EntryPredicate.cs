using Overlay2.Storage.Bytes;
using Overlay2.Storage.Engines;
using Overlay2.Storage.Repair.Hosts;
using Overlay2.Storage.Repair.Scripts;

namespace Overlay2.Storage.Repair.Predicates;

/// <summary>This, and nothing else, is at a place of a store.</summary>
/// <param name="Place">The place.</param>
/// <param name="State">What is there.</param>
internal sealed record EntryPredicate(StorePlace Place, EntryState State) : RepairPredicate
{
    internal override string Describe() => $"at {Place} there is {State}";

    internal override ValueTask<string?> TestAsync(MachineState state, CancellationToken cancellationToken)
    {
        EntryState there = state.Entries.ReadEntry(Place);
        return new(there == State ? null : $"at {Place} there is {there} instead of {State}");
    }

    internal override ScriptPart ToScript()
    {
        string place = ShellScript.Quote(Place);
        string way = ShellScript.Direct(Place);
        return State.Type switch
        {
            StoreEntryType.Missing => ScriptPart.Command($"{{ {way}[ ! -e {place} ] && [ ! -L {place} ]; }}"),
            StoreEntryType.Directory => ScriptPart.Command($"{{ {way}[ -d {place} ] && [ ! -L {place} ]; }}"),

            // The full stop keeps a newline at the end of a target.
            StoreEntryType.SymbolicLink => ScriptPart.Command(
                $"{{ {way}[ -L {place} ] && [ \"$(readlink {place} && echo .)\" = {ShellScript.Quote(new ByteString([.. State.Content.Span, .. "\n."u8]))} ]; }}"),
            StoreEntryType.RegularFile => ScriptPart.Command($"{{ {way}[ -f {place} ] && [ ! -L {place} ] && {ShellScript.Holds(Place.FullPath, State.Content)}; }}"),
            _ => ScriptPart.None("what is meant is neither a file nor a link nor a directory"),
        };
    }
}
