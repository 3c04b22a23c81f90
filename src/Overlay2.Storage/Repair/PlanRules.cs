using Overlay2.Storage.Diagnosis;
using Overlay2.Storage.Engines;

namespace Overlay2.Storage.Repair;

/// <summary>What holds of every plan, whoever wrote it.</summary>
internal static class PlanRules
{
    /// <summary>Checks a plan that may come from anywhere.</summary>
    /// <exception cref="RepairPlanException">It breaks a rule.</exception>
    public static void Check(RepairPlan plan)
    {
        if (plan.Policy?.Only is null || plan.Policy.Except is null || plan.HostId is null || plan.BootId is null)
            throw new RepairPlanException("The plan lacks its policy, host or boot.");
        if (plan.Diagnosis is not { Suppressed: not null, Severities: not null } diagnosis || diagnosis.MinimumOrphanAge < TimeSpan.Zero
            || diagnosis.Suppressed.Any(id => id is null) || diagnosis.Severities.Values.Any(severity => !Enum.IsDefined(severity)))
        {
            throw new RepairPlanException("The plan's options of the diagnosis are none.");
        }

        if (!IsPlain(plan.Policy.KeepDirectory))
            throw new RepairPlanException("The directory for what is kept is no plain absolute path.");
        if (plan.Steps.IsDefault || plan.Goals.IsDefault || plan.Alternatives.IsDefault || plan.Refusals.IsDefault || plan.KnownFindings.IsDefault || plan.SuspendedRules.IsDefault)
            throw new RepairPlanException("The plan lacks a list.");
        if (plan.Steps.Any(step => step is null) || plan.Goals.Any(goal => goal is null) || plan.Alternatives.Any(course => course is null) || plan.Refusals.Any(refusal => refusal is null))
            throw new RepairPlanException("A list of the plan holds nothing at a place.");
        if (plan.Risk > plan.Policy.MaxRisk)
            throw new RepairPlanException($"A step has risk {plan.Risk}, the policy allows {plan.Policy.MaxRisk}.");
        for (int i = 0; i < plan.Steps.Length; i++)
            Check(plan, plan.Steps[i], i);
    }

    private static void Check(RepairPlan plan, RepairStep step, int index)
    {
        if (step.Action is null || step.Preconditions.IsDefault || step.Postconditions.IsDefaultOrEmpty || step.Undo.IsDefault)
            throw new RepairPlanException($"Step {index + 1} has no action or no postcondition.");
        if (step.Preconditions.Concat(step.Postconditions).Any(predicate => predicate is null))
            throw new RepairPlanException($"A condition of step {index + 1} is missing.");
        if (step.Action is PurgeAction purge && !MayPurge(plan, step, purge))
            throw new RepairPlanException($"Step {index + 1} removes something for good, and lacks what such a step has to have.");
        CheckAction(plan, step.Action, index);
        foreach (RepairAction undo in step.Undo)
            CheckAction(plan, undo is PurgeAction ? null : undo, index);
    }

    /// <summary>What is removed for good is named by the policy, in a plan of its own, known again, and looked for in mount tables.</summary>
    private static bool MayPurge(RepairPlan plan, RepairStep step, PurgeAction purge) =>
        plan.Policy.QuarantineGrace >= TimeSpan.Zero && plan.Policy.Only.Count == 1 && plan.Policy.Only.Contains(FindingIds.Quarantine) && plan.Steps.All(other => other.Action is PurgeAction)
        && step.Risk >= RepairRisk.R4 && step.Undo.IsEmpty && purge.Place is { } place && purge.Identity is { Inode: not null, ModifiedAt: not null } identity
        && IsPlain(place.Root) && !place.Path.IsAbsolute && IsPlain(place.FullPath) && StoreLayout.IsQuarantined(place)
        && step.Preconditions.Contains(new IdentityPredicate(place, identity)) && step.Preconditions.Contains(new NoMountBelowPredicate(place.FullPath))
        && step.Postconditions.Contains(new EntryPredicate(place, EntryState.Missing));

    private static void CheckAction(RepairPlan plan, RepairAction? action, int index)
    {
        bool isGood = action switch
        {
            UnmountAction unmount => IsPlain(unmount.Mount?.MountPoint ?? default) && unmount.Mount!.MountPoint != Bytes.BytePath.Root && (unmount.NamespaceId == 0 || plan.Policy.AllowOtherNamespaces),
            BindAction bind => IsPlain(bind.Source) && IsPlain(bind.Target) && bind.Of is not null && IsOn(plan, bind.Target, bind.On),
            MountFileSystemAction mount => IsPlain(mount.Device) && IsPlain(mount.Target) && mount.On is not null,
            MoveMountAction move => IsPlain(move.Mount?.MountPoint ?? default) && IsPlain(move.Target) && IsOn(plan, move.Target, move.On),
            MakePrivateAction make => IsPlain(make.Mount?.MountPoint ?? default),
            JoinPeersAction join => IsPlain(join.Mount?.MountPoint ?? default),
            MakePlaceAction place => IsPlain(place.Place) && place.Place.StartsWith(plan.Policy.KeepDirectory),
            RemovePlaceAction place => IsPlain(place.Place) && place.Place.StartsWith(plan.Policy.KeepDirectory),
            ContainerAction or RestartEngineAction => plan.Policy.AllowEngineControl,
            ReplaceConfigurationAction replace => IsPlain(replace.Path) && ConfigurationSteps.IsGood(replace),
            SetModuleParameterAction set => ModuleParameters.IsGood(set),
            ReplaceEntryAction replace => IsInStore(replace.Place) && IsSmall(replace.From) && IsSmall(replace.To) && replace.From != replace.To && (replace.Like is null || (IsInStore(replace.Like) && replace.Like.Root == replace.Place.Root)),
            PurgeAction => plan.Policy.MaxRisk >= RepairRisk.R4,
            SetAttributeAction set => set.Place is not null && IsPlain(set.Place.Root) && !set.Place.Path.IsEmpty && !set.Place.Path.IsAbsolute && IsPlain(set.Place.FullPath) && Enum.IsDefined(set.Attribute),
            MoveEntryAction move => IsInStore(move.From) && IsInStore(move.To) && move.From.Root == move.To.Root && move.Identity is not null && (StoreLayout.IsQuarantined(move.From) || StoreLayout.IsQuarantined(move.To)),
            _ => false,
        };
        if (!isGood)
            throw new RepairPlanException($"Step {index + 1} does what no plan may do, or what its policy does not allow.");
    }

    /// <summary>Whether a mount is known that a place is on, or the plan makes the place.</summary>
    private static bool IsOn(RepairPlan plan, Bytes.BytePath target, MountFingerprint? on) => on is not null || target.StartsWith(plan.Policy.KeepDirectory);

    /// <summary>Whether a place is below a store's root directory, and not among the files of a layer.</summary>
    private static bool IsInStore(StorePlace? place)
    {
        if (place is null || !IsPlain(place.Root) || place.Path.IsEmpty || place.Path.IsAbsolute || !IsPlain(place.FullPath))
            return false;
        bool isInHome = false;
        int depth = 0;
        foreach (ReadOnlySpan<byte> name in place.Path.GetComponents())
        {
            if (depth++ == 0)
                isInHome = !name.SequenceEqual("image"u8);
            else if (isInHome && (name.SequenceEqual("diff"u8) || name.SequenceEqual("fs"u8)))
                return false;
        }

        return true;
    }

    /// <summary>Whether a step may make a thing, or take it away: what a plan holds whole, or an empty directory.</summary>
    private static bool IsSmall(EntryState? state) => state?.Type switch
    {
        StoreEntryType.Missing or StoreEntryType.Directory => state.Content.IsEmpty,
        StoreEntryType.RegularFile => true,
        StoreEntryType.SymbolicLink => !state.Content.IsEmpty && !state.Content.Span.Contains((byte)0),
        _ => false,
    };

    private static bool IsPlain(Bytes.BytePath path)
    {
        if (!path.IsAbsolute || path.Span.Contains((byte)0))
            return false;
        foreach (ReadOnlySpan<byte> component in path.GetComponents())
        {
            if (component.SequenceEqual("."u8) || component.SequenceEqual(".."u8))
                return false;
        }

        return true;
    }
}
