using Overlay2.Storage.Bytes;
using Overlay2.Storage.Engines;
using Overlay2.Storage.Repair.Hosts;
using Overlay2.Storage.Repair.Predicates;
using Overlay2.Storage.Repair.Scripts;

namespace Overlay2.Storage.Repair.Actions;

/// <summary>Makes a small file, a link or an empty directory of what is at a place, or takes such a thing away; whole or not at all.</summary>
/// <remarks>
/// The new entry is made under another name in the same directory, written to disk and put in place at once. It acts only on what it expects:
/// something else that was put there meanwhile stays.
/// </remarks>
/// <param name="Place">The place; its directory must be there.</param>
/// <param name="From">What is there before.</param>
/// <param name="To">What is there afterwards. A file in the place of a file keeps its mode, owner and extended attributes.</param>
internal sealed record ReplaceEntryAction(StorePlace Place, EntryState From, EntryState To) : RepairAction
{
    /// <summary>
    /// Whose mode, owner and extended attributes a new file or directory gets; a place of the same store. Without one a file gets mode 0644, a directory
    /// 0700, and both the owner of the directory that they are in.
    /// </summary>
    public StorePlace? Like { get; init; }

    internal override bool MendsStore => true;

    internal override (StorePlace Place, EntryState State)? Leaves => (Place, To);

    internal override BytePath? StoreRoot => Place.Root;

    internal override HostResult Run(RepairHost host) => host.Entries.ReplaceEntry(Place, From, To, Like);

    internal override HostResult Tidy(RepairHost host) => host.Entries.ClearLeftOver(Place);

    internal override bool IsAllowedIn(RepairPlan plan) => PlanPaths.IsInStore(Place) && IsSmall(From) && IsSmall(To) && From != To
        && (Like is null || (PlanPaths.IsInStore(Like) && Like.Root == Place.Root));

    internal override ScriptPart ToScript()
    {
        Place.FullPath.TryGetParent(out BytePath parent);
        string owner = ShellScript.OwnerOf(parent.Combine(BytePath.FromText(".")));
        StorePlace? like = From.Type == StoreEntryType.RegularFile ? Place : Like;
        const string New = "\"$NEW/new\"";
        if (To.Type == StoreEntryType.Missing)
            return ScriptPart.Command($"{(From.Type == StoreEntryType.Directory ? "rmdir" : "rm")} {ShellScript.Quote(Place)}");
        return ScriptPart.Command(ShellScript.MakeBeside(Place.FullPath, To.Type switch
        {
            StoreEntryType.Directory when like is null => $"mkdir -m 700 {New} && chown {owner} {New}",
            StoreEntryType.Directory => $"mkdir {New} && chown {ShellScript.OwnerOf(like.FullPath)} {New} && chmod \"$(stat -c %a {ShellScript.Quote(like)})\" {New}",
            StoreEntryType.SymbolicLink => $"ln -s -- {ShellScript.Quote(To.Content)} {New} && chown -h {(From.Type == StoreEntryType.SymbolicLink ? ShellScript.OwnerOf(Place.FullPath) : owner)} {New}",
            _ when like is null => $"{ShellScript.Print(To.Content)} > {New} && chown {owner} {New} && chmod 644 {New}",

            // What is copied may be a link by now, and is looked at where nobody else can change it.
            _ => $"cp -a {ShellScript.Quote(like)} {New} && [ -f {New} ] && [ ! -L {New} ] && {ShellScript.Print(To.Content)} > {New}",
        }));
    }

    internal override async ValueTask<bool> IsUndoneAsync(MachineState state, string noted) => await state.HoldsAsync(new EntryPredicate(Place, From)).ConfigureAwait(false);

    /// <summary>Whether a step may make a thing, or take it away: what a plan holds whole, or an empty directory.</summary>
    private static bool IsSmall(EntryState? state) => state?.Type switch
    {
        StoreEntryType.Missing or StoreEntryType.Directory => state.Content.IsEmpty,
        StoreEntryType.RegularFile => true,
        StoreEntryType.SymbolicLink => !state.Content.IsEmpty && !state.Content.Span.Contains((byte)0),
        _ => false,
    };
}
