using Overlay2.Storage.Bytes;
using Overlay2.Storage.Diagnosis;
using Overlay2.Storage.Engines;
using Overlay2.Storage.Hosts;
using Overlay2.Storage.Repair.Hosts;

namespace Overlay2.Storage.Repair.Planning;

/// <summary>The repairs of findings about stores: from what else the store says, byte for byte, and never by deleting.</summary>
internal static class StoreRepairs
{
    /// <summary>The store that a finding is about, where plans may write to it.</summary>
    /// <param name="draft">The plan.</param>
    /// <param name="finding">The finding.</param>
    /// <param name="view">The store.</param>
    /// <returns>Why there is none; <see langword="null"/> if there is one.</returns>
    public static string? FindStore(PlanDraft draft, Finding finding, out HostStore? view)
    {
        view = draft.FindStore(finding);
        if (view is not null)
        {
            return view.Store.DriverHome.StartsWith(view.Store.DataRoot)
                ? null
                : $"the driver's directory {view.Store.DriverHome} is not at its usual place in the engine's root directory, where alone plans write";
        }

        if (draft.HasCovers)
            return "first what covers the store has to go; then diagnose again";
        return finding.Id == FindingIds.ReadOnlyOverlay ? WorkRepairs.ByHand : "the store that it is about cannot be seen";
    }

    /// <summary>Why an expected value is not known, for a refusal.</summary>
    public static string Explain(ExpectedValue expected) => expected.Status == ExpectedValueStatus.Contradictory
        ? $"the store contradicts itself about what should be there: {(expected.Candidates.Count == 0 ? "" : $"{string.Join(" or ", expected.Candidates.Take(4))}, ")}by {string.Join(", ", expected.Evidence.Take(4))}"
        : "nothing else in the store says what should be there";

    /// <summary>Where something that is taken out of a store is kept: a name of its own beside what is there already.</summary>
    public static StorePlace KeepPlace(PlanDraft draft, HostStore view, string name)
    {
        StorePlace quarantine = StoreLayout.Quarantine(view.Store);
        return draft.NextFree(quarantine with { Path = quarantine.Path.Combine(new BytePath(ByteString.FromDisplay(name))) });
    }

    /// <summary>Makes the directory for what is taken out, unless it is there.</summary>
    public static IEnumerable<RepairStep> MakeQuarantine(PlanDraft draft, HostStore view)
    {
        StorePlace quarantine = StoreLayout.Quarantine(view.Store);
        if (!draft.Has(quarantine))
            yield return StoreSteps.Replace($"Make {quarantine}, where what is taken out is kept", quarantine, EntryState.Missing, EntryState.Directory, RepairRisk.R1);
    }
}
