using System.Collections.Immutable;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Mounts;
using Overlay2.Storage.Repair.Actions;
using Overlay2.Storage.Repair.Hosts;
using Overlay2.Storage.Repair.Predicates;

namespace Overlay2.Storage.Repair.Planning;

/// <summary>Steps about mounts that several repairs have.</summary>
internal static class MountSteps
{
    public static RepairStep Unmount(
        MountEntry mount, string title, RepairRisk risk, string effect, ImmutableArray<RepairPredicate> after, ImmutableArray<RepairAction> undo, bool isMoved = false, BytePath place = default)
    {
        MountFingerprint fingerprint = MountFingerprint.Of(mount);
        if (isMoved)
            fingerprint = fingerprint.At(place);
        return new RepairStep
        {
            Title = title,
            Action = new UnmountAction(fingerprint),
            Preconditions = [new MountPresentPredicate(fingerprint), new MountReachedPredicate(fingerprint), new NoChildrenPredicate(fingerprint)],
            Postconditions = [new MountAbsentPredicate(fingerprint), .. after],
            Risk = risk,
            Effect = effect,
            Undo = undo,
        };
    }

    /// <summary>What mounts a copy of the mount below again, which showed the same.</summary>
    public static ImmutableArray<RepairAction> BindAgain(MountEntry mount, MountEntry below) =>
        mount.MountPoint.IsSamePlace(below.MountPoint) && mount.Root != below.Root
            ? []
            : [BindOnItself(mount.MountPoint, below, mount.Propagation.IsPrivate && below.Propagation.IsShared)];

    /// <summary>What mounts a directory of a mount on itself.</summary>
    public static BindAction BindOnItself(BytePath path, MountEntry below, bool isPrivate)
    {
        // By then the mount below may itself have been made anew.
        MountFingerprint on = MountFingerprint.Of(below).Again();
        return new BindAction(path, path, isPrivate, on, on);
    }

    public static RepairStep MakePlace(BytePath place) => new()
    {
        Title = $"Make {place}, a private mount of its own",
        Action = new MakePlaceAction(place),
        Preconditions = [new NoPlacePredicate(place)],
        Postconditions = [new PlacePredicate(place)],
        Risk = RepairRisk.R1,
        Undo = [new RemovePlaceAction(place)],
    };

    /// <summary>Why a plan stops no container that was started to be removed on its end.</summary>
    public const string Lost = "the engine removes it, and what it has written, as soon as it stops";

    /// <summary>Steps that stop containers, and behind them those that start them. Nothing undoes them by themselves: a start mounts what a fault may have unmounted.</summary>
    public static IReadOnlyList<RepairStep> StopAndStart(IReadOnlyList<(ByteString Id, string Name)> containers)
    {
        List<RepairStep> steps = [];
        foreach ((ByteString id, string name) in containers)
        {
            steps.Add(new RepairStep
            {
                Title = $"Stop the container {Label(id, name)}",
                Action = new ContainerAction(id, Start: false),
                Preconditions = [new EnginePredicate()],
                Postconditions = [new ContainerPredicate(id, Runs: false)],
                Risk = RepairRisk.R3,
                Effect = "the container ends",
            });
        }

        foreach ((ByteString id, string name) in containers)
        {
            steps.Add(new RepairStep
            {
                Title = $"Start the container {Label(id, name)}: only that mounts its root file system again",
                Action = new ContainerAction(id, Start: true),

                // It may run already: an engine that starts again starts the containers whose restart policy says so.
                Preconditions = [new EnginePredicate()],
                Postconditions = [new ContainerPredicate(id, Runs: true)],
                Risk = RepairRisk.R3,
                Effect = "the container starts anew",
            });
        }

        return steps;
    }

    private static string Label(ByteString id, string name) => name.Length == 0 ? id.ToString() : name;
}
