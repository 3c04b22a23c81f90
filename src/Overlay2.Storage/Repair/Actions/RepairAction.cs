using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Repair.Hosts;
using Overlay2.Storage.Repair.Predicates;
using Overlay2.Storage.Repair.Scripts;

namespace Overlay2.Storage.Repair.Actions;

/// <summary>What a step does to the machine: one of a closed set of small actions, each of them data.</summary>
/// <remarks>
/// Immutable and thread-safe. An action is a file and a line here, which gives the name that it has in plans; nothing but planners, which make
/// actions, tells them apart.
/// </remarks>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(UnmountAction), "unmount")]
[JsonDerivedType(typeof(BindAction), "bind")]
[JsonDerivedType(typeof(MountFileSystemAction), "mount")]
[JsonDerivedType(typeof(MoveMountAction), "move")]
[JsonDerivedType(typeof(MakePrivateAction), "makePrivate")]
[JsonDerivedType(typeof(JoinPeersAction), "joinPeers")]
[JsonDerivedType(typeof(MakePlaceAction), "makePlace")]
[JsonDerivedType(typeof(RemovePlaceAction), "removePlace")]
[JsonDerivedType(typeof(ContainerAction), "container")]
[JsonDerivedType(typeof(ReplaceEntryAction), "replaceEntry")]
[JsonDerivedType(typeof(MoveEntryAction), "moveEntry")]
[JsonDerivedType(typeof(SetAttributeAction), "setAttribute")]
[JsonDerivedType(typeof(PurgeAction), "purge")]
[JsonDerivedType(typeof(RestartEngineAction), "restartEngine")]
[JsonDerivedType(typeof(ReplaceConfigurationAction), "replaceConfiguration")]
[JsonDerivedType(typeof(SetModuleParameterAction), "setModuleParameter")]
internal abstract record RepairAction
{
    private protected RepairAction()
    {
    }

    /// <summary>Does it without an engine: on the machine, or on a copy in memory to rehearse it. What only the engine can do does nothing here.</summary>
    internal abstract HostResult Run(RepairHost host);

    /// <summary>Does it on the machine.</summary>
    internal virtual Task<HostResult> RunAsync(RepairHost host, IEngineControl? engine, CancellationToken cancellationToken) => Task.FromResult(Run(host));

    /// <summary>Whether a plan may do it, whoever wrote the plan. Nothing of the action is known but that it could be read.</summary>
    internal abstract bool IsAllowedIn(RepairPlan plan);

    /// <summary>The same as a line for a shell, or why a script cannot do it.</summary>
    internal abstract ScriptPart ToScript();

    /// <summary>Whether the state before it is there again: a crash may have come between its undo and the line of that in the journal.</summary>
    /// <param name="state">The machine now.</param>
    /// <param name="noted">What <see cref="Note"/> gave before it was done; empty if it was never begun.</param>
    internal abstract ValueTask<bool> IsUndoneAsync(MachineState state, string noted);

    /// <summary>What the journal takes down right before it, for <see cref="IsUndoneAsync"/>.</summary>
    internal virtual string Note(MachineState state) => "";

    /// <summary>Clears away what a crash in the middle of it left half done.</summary>
    internal virtual HostResult Tidy(RepairHost host) => HostResult.Done;

    /// <summary>Does the rest of it where it undoes a step, and a crash in the middle of it left it half done.</summary>
    internal virtual HostResult Finish(RepairHost host) => HostResult.Done;

    /// <summary>Whether only the engine does it, through its control: a copy of the machine does not show it, and how the engine is now does not prove what it was asked for.</summary>
    internal virtual bool NeedsEngine => false;

    /// <summary>Whether it mends the records of a store: its undo is exact by its form, and what lies behind a lost record is seen only afterwards.</summary>
    internal virtual bool MendsStore => false;

    /// <summary>What is at which place afterwards, where a second action that leaves the same is not needed.</summary>
    internal virtual (StorePlace Place, EntryState State)? Leaves => null;

    /// <summary>Whether it shows mounts that were hidden, so that only a rehearsal can say which.</summary>
    internal virtual bool Uncovers => false;

    /// <summary>The mount whose end is what it is for, in a mount namespace: an earlier step of a plan can end it too, by propagation for instance.</summary>
    internal virtual (ulong NamespaceId, MountFingerprint Mount)? MayEndByItself => null;

    /// <summary>Whether it consists of several calls, so that after a crash neither what must hold before it nor what holds after it need be there.</summary>
    internal virtual bool MayBeHalfDone => false;

    /// <summary>Whether its postconditions tell that it was done; otherwise it is done again after a crash.</summary>
    internal virtual bool IsSeenWhenDone => true;

    /// <summary>Why a step with it that was begun can never be undone; <see langword="null"/> if its undo says that.</summary>
    internal virtual string? WhyFinal => null;

    /// <summary>What is wrong where its undo was done and <see cref="IsUndoneAsync"/> says otherwise; <see langword="null"/> where that is not asked.</summary>
    internal virtual string? MissedByUndo => null;

    /// <summary>Whether a plan may do it to undo a step.</summary>
    internal virtual bool IsAllowedAsUndo(RepairPlan plan) => IsAllowedIn(plan);

    /// <summary>The root directory of the store whose entries it touches; <see langword="null"/> if it touches none.</summary>
    internal virtual BytePath? StoreRoot => null;

    /// <summary>The directories that it mounts on, unmounts from, or shows elsewhere.</summary>
    internal virtual ImmutableArray<BytePath> MountPoints => [];

    /// <summary>What a step with it lacks; <see langword="null"/> if nothing.</summary>
    internal virtual string? FindLack(RepairPlan plan, RepairStep step) => null;

    /// <summary>The step as it is tried again after a first try that a crash ended.</summary>
    internal virtual RepairStep Again(RepairStep step) => step;
}
