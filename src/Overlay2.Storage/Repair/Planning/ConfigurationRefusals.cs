using System.Collections.Immutable;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Configuration;
using Overlay2.Storage.Diagnosis;
using Overlay2.Storage.Engines.Containerd;
using Overlay2.Storage.Engines.Docker;

namespace Overlay2.Storage.Repair.Planning;

/// <summary>Findings about the configuration where a person has to decide or to act, with what he can do.</summary>
internal static class ConfigurationRefusals
{
    public static string Refuse(PlanDraft draft, Finding finding) => finding.Id switch
    {
        FindingIds.StaleIndex => "another program than the engine mounted this with index=on: mount it with index=off, or remove index from its work directory while nothing is mounted there, which loses what it knows of hard links; leave trusted.overlay.origin as it is",
        FindingIds.Quota => RefuseQuota(draft),
        FindingIds.RemovedDriver => RefuseOldDriver(draft),
        FindingIds.FallbackDriver => RefuseFallback(draft, finding),
        FindingIds.SwitchedStore => RefuseSwitch(draft),
        FindingIds.ContainerdRoot => Offer(
            draft, "containerd has to stop while its directory is moved, and everything that runs through it ends", "Move containerd's root", RepairRisk.R3,
            "Stop the engine, then containerd.", "Copy /var/lib/containerd with everything that belongs to its files: cp -a, or rsync -aHAXS --devices --specials.",
            "Set root in /etc/containerd/config.toml to the copy.", "Start containerd, then the engine, and diagnose again; remove the old directory only then."),
        FindingIds.NestedEngine => Offer(
            draft, "the volume is given to the container from outside, when it is made", "Give the inner engine a volume", RepairRisk.R3,
            "Save what the inner engine holds: docker save, docker commit.", $"Make the container again with a volume on {finding.Subject.Path}.", "Load what was saved."),
        _ => RefuseProblem(draft, finding),
    };

    private static string RefuseQuota(PlanDraft draft) => Offer(
        draft, "whether the limit or the file system has to change only a person knows, and project quotas are switched on only while the file system is mounted anew", "Switch project quotas on", RepairRisk.R3,
        "Only XFS has them: on another file system take overlay2.size out of storage-opts, or move the data root to XFS.", "Stop the engine.",
        "Mount the file system of the data root with pquota, also in /etc/fstab (a remount is not enough; for the root file system: rootflags=pquota on the kernel's command line).", "Start the engine, and diagnose again.");

    private static string RefuseOldDriver(PlanDraft draft) => Offer(
        draft, "what the old driver stored no newer engine can read, so it has to be saved with the old engine first", "Save with the old engine, then change the driver", RepairRisk.R4,
        "With the old engine: docker save the images, docker commit and docker save the containers, copy the volumes.", "Install the new engine.", "overlay2 config set-driver overlay2, or storage-driver in the configuration file.",
        "docker load what was saved; remove the old driver's directory only when all is there.");

    private static string RefuseFallback(PlanDraft draft, Finding finding)
    {
        BytePath dataRoot = draft.Host.Configuration.TryGet(out EngineConfiguration? configuration) ? new BytePath(configuration.NextStart.DataRoot.Value) : finding.Subject.Path;
        return Offer(
            draft, $"overlay2 does not work on {dataRoot}, or did not when the engine was first started there; the data root has to be made anew on a file system that can carry it", "Give the data root a file system for overlay2", RepairRisk.R4,
            "See the other findings for what the file system or the kernel lacks; ext4, and XFS with ftype=1, carry overlay2.", "docker save and docker commit what is needed: vfs's layers cannot be taken over.",
            "Stop the engine, mount such a file system on the data root, or set data-root to one.", "Name overlay2 as storage-driver: then the engine fails instead of falling back.", "Start the engine, and load what was saved.");
    }

    private static string RefuseSwitch(PlanDraft draft)
    {
        BytePath[] classic = [.. draft.Host.Homes.Where(home => home.Store is DockerClassicStore).Select(home => home.Home)];
        BytePath[] containerd = [.. draft.Host.Homes.Where(home => home.Store is ContainerdSnapshotStore).Select(home => home.Home)];
        string file = draft.Host.Configuration.TryGet(out EngineConfiguration? configuration) ? configuration.NextStart.ConfigurationFile.ToString() : "the configuration file";
        return Offer(
            draft, $"both stores hold something, the classic one ({string.Join(", ", classic)}) and containerd's ({string.Join(", ", containerd)}); which of them the engine shall show only a person knows", "Choose one of the stores", RepairRisk.R3,
            $"For the classic store: \"features\": {{\"containerd-snapshotter\": false}} in {file}.", $"For containerd's store: \"features\": {{\"containerd-snapshotter\": true}} in {file}.",
            "Start the engine again: it shows the images and containers of that store only; the other one stays as it is.", "Save what is needed of the other one by choosing it for a while (docker save), before anything of it is removed.");
    }

    /// <summary>What is wrong with the text of the configuration.</summary>
    private static string RefuseProblem(PlanDraft draft, Finding finding)
    {
        EngineProblem? problem = ConfigurationRepairs.FindProblem(draft, finding);
        return problem?.Kind switch
        {
            EngineProblemKind.InvalidFile => "what was meant only its writer knows: mend the place by hand; engines from 23 on check a file with dockerd --validate --config-file FILE",
            EngineProblemKind.WrongType => "give the directive a value of the type that the finding names",
            EngineProblemKind.UnknownDirective => "correct the name, or take the directive out; a removed one has a successor in the engine's list of deprecated features",
            EngineProblemKind.DuplicateKey => "the last of the two counts now: take out the one that is not meant",
            EngineProblemKind.InvalidFlag => "correct or take out the flag where the finding says",
            EngineProblemKind.UnknownOption => "take the option out, or correct it: overlay2 knows only overlay2.size",
            EngineProblemKind.InvalidUnit => "mend the unit or its drop-in (systemctl cat docker.service shows them), and run systemctl daemon-reload",
            EngineProblemKind.ImageStoreConflict => "which of the two is meant only a person knows: take out the storage driver (or name the snapshotter overlayfs), or switch the feature containerd-snapshotter off; images of the store that is then not in use stay on disk and are not shown",
            EngineProblemKind.NoSubordinateIds => "give the user a range of ids in /etc/subuid and /etc/subgid (usermod --add-subuids, --add-subgids), which nobody else has; or name another user",
            EngineProblemKind.UnsupportedDriver => "name a driver that this engine has, and whose store is there",
            _ => $"there is no automatic repair; see {finding.HelpLink}",
        };
    }

    /// <returns>The reason.</returns>
    private static string Offer(PlanDraft draft, string reason, string title, RepairRisk risk, params ImmutableArray<string> instructions)
    {
        draft.Offer(new RepairCourse(title, reason, risk, [], instructions));
        return reason;
    }
}
