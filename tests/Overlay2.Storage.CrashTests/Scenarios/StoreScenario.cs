using System.Collections.Immutable;
using Overlay2.Storage.CrashTests.Damages;
using Overlay2.Storage.CrashTests.Listings;

namespace Overlay2.Storage.CrashTests.Scenarios;

/// <summary>A damage in the files of a store: a repair has to give every byte of the whole store, but for what it sets aside.</summary>
internal abstract class StoreScenario(string scratch) : PlanScenario(scratch)
{
    private IReadOnlyList<string> _whole = [];

    /// <inheritdoc/>
    public override bool IsBuiltEachTime => false;

    /// <inheritdoc/>
    public override ImmutableArray<string> PlanWords =>
        ["--only", "OVL0011", "OVL0101", "OVL0102", "OVL0103", "OVL0104", "OVL0105", "OVL0107", "OVL0108", "OVL0110", "OVL0112", "OVL0113", "OVL0114", "OVL0209"];

    /// <inheritdoc/>
    public override ImmutableArray<string> HostWords => ["--data-root", Store.Root];

    protected RecordedStore Store { get; } = new($"{scratch}/docker");

    /// <inheritdoc/>
    public override void Build()
    {
        Store.Write();
        Complete();
        _whole = List();
        Damage();
        Store.OwnLinks();
    }

    /// <inheritdoc/>
    public override IReadOnlyList<string> List() => TreeListing.Of(Store.Root);

    /// <summary>What was set aside is more than there was; the kernel's own directory it clears itself.</summary>
    public override void CheckRepaired() => Listing.Expect(
        _whole,
        [.. List().Where(line => !line.StartsWith("overlay2-quarantine", StringComparison.Ordinal) && !line.Contains("/work/work", StringComparison.Ordinal))],
        "the repair does not give the store before the damage");

    /// <summary>Adds what the whole store is to have before it is damaged.</summary>
    protected virtual void Complete()
    {
    }

    /// <summary>Makes the damage.</summary>
    protected abstract void Damage();
}
