using System.Collections.Immutable;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Mounts;
using Overlay2.Storage.Repair.Actions;
using Overlay2.Storage.Repair.Hosts;
using Overlay2.Storage.Repair.Predicates;

namespace Overlay2.Storage.Repair.Planning;

/// <summary>The repair of a self-bind under which containers were started, so that mounts are on it.</summary>
/// <remarks>
/// The cover is made private, so that nothing that happens on it spreads to what it covers. The mounts on it are moved aside, which no
/// container notices. When the cover is gone, a mount whose twin was made below the cover when it was mounted goes; one without a
/// twin is moved back to where it was. Source: mount_namespaces(7); our own runs.
/// </remarks>
internal sealed class CoverWithChildren(PlanDraft draft, MountEntry cover, MountEntry below, IReadOnlyList<MountEntry> children, MountTable table)
{
    public void AddTo(List<RepairStep> steps)
    {
        MountFingerprint fingerprint = MountFingerprint.Of(cover);
        BytePath place = draft.NextPlace("aside");
        steps.Add(MountSteps.MakePlace(place));
        if (!cover.Propagation.IsPrivate)
        {
            steps.Add(new RepairStep
            {
                Title = $"Make what covers {cover.MountPoint} private, so that nothing spreads from it",
                Action = new MakePrivateAction(fingerprint),
                Preconditions = [new MountPresentPredicate(fingerprint), new MountReachedPredicate(fingerprint)],
                Postconditions = [new MountPrivatePredicate(fingerprint)],
                Risk = RepairRisk.R1,
                Undo = [new JoinPeersAction(fingerprint.Again())],
            });
        }

        BytePath[] places = new BytePath[children.Count];
        for (int i = 0; i < children.Count; i++)
        {
            MountFingerprint child = MountFingerprint.Of(children[i]);
            places[i] = place.Combine(BytePath.FromText(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{i + 1}")));
            steps.Add(Move(child, places[i], $"Move the mount on {child.MountPoint} aside; whoever uses it goes on", on: null, from: fingerprint.Again()));
        }

        ImmutableArray<MountEntry> twins = [.. children.Select(FindTwin).OfType<MountEntry>()];
        steps.Add(MountSteps.Unmount(
            cover, $"Unmount what covers {cover.MountPoint}", RepairRisk.R2, "none: containers that run are not touched",
            [.. Hidden().Select(hidden => new MountReachedPredicate(MountFingerprint.Of(hidden)))],
            [MountSteps.BindOnItself(cover.MountPoint, below, isPrivate: true)]));
        MountTable uncovered = WithoutCover();
        for (int i = 0; i < children.Count; i++)
        {
            MountEntry child = children[i];
            if (FindTwin(child) is not { } twin)
            {
                steps.Add(Move(MountFingerprint.Of(child).At(places[i]), child.MountPoint, $"Move the mount back to {child.MountPoint}", MountFingerprint.Of(uncovered.Resolve(child.MountPoint) ?? below), from: null));
                continue;
            }

            steps.Add(MountSteps.Unmount(
                child, $"Unmount the copy of {child.MountPoint} that was moved aside: its twin is seen again", RepairRisk.R2, "none: the twin shows the same",
                [], [new BindAction(child.MountPoint, places[i], child.Propagation.IsPrivate, MountFingerprint.Of(twin).Again(), On: null)], isMoved: true, places[i]));
        }

        steps.Add(new RepairStep
        {
            Title = $"Take away {place}",
            Action = new RemovePlaceAction(place),
            Preconditions = [new PlacePredicate(place)],
            Postconditions = [new NoPlacePredicate(place)],
            Risk = RepairRisk.R1,
            Undo = [new MakePlaceAction(place)],
        });
    }

    /// <summary>The mounts as they are when the cover and all that is on it are gone.</summary>
    private MountTable WithoutCover()
    {
        HashSet<MountEntry> gone = [];
        Stack<MountEntry> pending = new([cover]);
        while (pending.TryPop(out MountEntry? mount))
        {
            if (!gone.Add(mount))
                continue;
            foreach (MountEntry child in table.GetChildren(mount))
                pending.Push(child);
        }

        return MountTable.FromEntries([.. table.Entries.Where(mount => !gone.Contains(mount)).Select((mount, index) => mount.At(index))]);
    }

    private IEnumerable<MountEntry> Hidden() => table.GetChildren(below).Where(mount => mount != cover && mount.MountPoint.StartsWith(cover.MountPoint));

    /// <summary>The mount of the same on what is covered, at the same place: it came by propagation.</summary>
    private MountEntry? FindTwin(MountEntry child) => Hidden().FirstOrDefault(mount =>
        mount.MountPoint == child.MountPoint && mount.Major == child.Major && mount.Minor == child.Minor && mount.Root == child.Root);

    private static RepairStep Move(MountFingerprint mount, BytePath target, string title, MountFingerprint? on, MountFingerprint? from) => new()
    {
        Title = title,
        Action = new MoveMountAction(mount, target, on),
        Preconditions = [new MountPresentPredicate(mount), new MountReachedPredicate(mount)],
        Postconditions = [new MountReachedPredicate(mount.At(target))],
        Risk = RepairRisk.R2,
        Effect = "a command that the engine runs in the container at this moment may fail",
        Undo = [new MoveMountAction(mount.At(target).Again(), mount.MountPoint, from)],
    };
}
