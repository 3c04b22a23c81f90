using System.Globalization;
using Overlay2.Storage.Engines;
using Overlay2.Storage.Repair.Hosts;
using Overlay2.Storage.Repair.Scripts;

namespace Overlay2.Storage.Repair.Predicates;

/// <summary>The entry meant is at a place of a store.</summary>
/// <param name="Place">The place.</param>
/// <param name="Identity">How it is known again.</param>
internal sealed record IdentityPredicate(StorePlace Place, EntryIdentity Identity) : RepairPredicate
{
    internal override string Describe() => $"at {Place} there is the entry meant ({Identity})";

    internal override ValueTask<string?> TestAsync(MachineState state, CancellationToken cancellationToken)
    {
        EntryIdentity seen = state.Entries.IdentifyEntry(Place);
        return new(Identity.Matches(seen) ? null : $"at {Place} there is not the entry meant ({Identity}) but {seen}");
    }

    internal override ScriptPart ToScript()
    {
        string place = ShellScript.Quote(Place);
        List<string> tests = Identity.Type switch
        {
            StoreEntryType.Directory => [$"[ -d {place} ]", $"[ ! -L {place} ]"],
            StoreEntryType.RegularFile => [$"[ -f {place} ]", $"[ ! -L {place} ]"],
            StoreEntryType.SymbolicLink => [$"[ -L {place} ]"],
            StoreEntryType.Missing => [$"[ ! -e {place} ]", $"[ ! -L {place} ]"],
            _ => [$"[ -e {place} ]", $"[ ! -L {place} ]", $"[ ! -d {place} ]", $"[ ! -f {place} ]"],
        };
        if (Identity.Inode is { } inode)
            tests.Add(string.Create(CultureInfo.InvariantCulture, $"[ \"$(stat -c %i {place})\" = {inode} ]"));

        // A plan knows the time to 100 nanoseconds.
        if (Identity.ModifiedAt is { } time)
            tests.Add(string.Create(CultureInfo.InvariantCulture, $"case $(TZ=UTC0 stat -c %y {place}) in '{time.UtcDateTime:yyyy-MM-dd HH:mm:ss.fffffff}'??' +0000') ;; *) false ;; esac"));
        return ScriptPart.Command($"{{ {ShellScript.Direct(Place)}{string.Join(" && ", tests)}; }}");
    }
}
