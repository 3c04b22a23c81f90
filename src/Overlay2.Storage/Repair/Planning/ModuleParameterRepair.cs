using System.Collections.Immutable;
using System.Globalization;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Diagnosis;
using Overlay2.Storage.Engines.Docker;
using Overlay2.Storage.Hosts;
using Overlay2.Storage.Kernel;
using Overlay2.Storage.Repair.Hosts;
using Overlay2.Storage.Snapshots;

namespace Overlay2.Storage.Repair.Planning;

/// <summary>OVL0302: switches redirects off where no layer depends on them, which has a price.</summary>
internal static class ModuleParameterRepair
{
    private const string AlwaysFollow = "redirect_always_follow";

    public static string? Plan(PlanDraft draft, Finding finding)
    {
        if (!draft.Report.Snapshot.Kernel.TryGet(out KernelProfile? kernel))
            return "the parameters of the overlay module are not known";

        // With metacopy on the kernel switches redirects on too, so it goes first.
        string[] on = [.. new[] { ModuleParameters.Metacopy, ModuleParameters.RedirectDirectories }.Where(kernel.IsOn)];
        OfferOthers(draft, on);
        if (FindObstacle(draft, kernel, on) is { } obstacle)
            return obstacle;

        List<RepairStep> steps = [.. on.Select(parameter => ConfigurationSteps.SwitchOff(parameter, kernel.Parameters[parameter], PriceOf(parameter)))];
        if (draft.Policy is { AllowEngineControl: true, MaxRisk: >= RepairRisk.R3 })
        {
            steps.Add(ConfigurationSteps.RestartEngine("the engine does not answer for a while, and unless it keeps them (live-restore) the containers end and start again; it then looks anew whether it can use native diff"));
        }
        else if (draft.Report.Snapshot.Engine.TryGet(out EngineInfo? engine) && engine.UsesNativeDiff == false)
            return $"the engine looks only when it starts whether it can use native diff, so it has to be started again (risk R3), and the policy does not allow that: switch {string.Join(" and ", on)} off, and start it again";

        return draft.Add(finding, steps);
    }

    private static string PriceOf(string parameter) => parameter == ModuleParameters.Metacopy
        ? "in containers that start afterwards a change of owner or mode copies the whole file again; mounts that exist keep what they have"
        : "in containers that start afterwards renaming a directory of a lower layer gives EXDEV again; mounts that exist keep what they have";

    /// <summary>Why redirects cannot be switched off, or not by this library.</summary>
    private static string? FindObstacle(PlanDraft draft, KernelProfile kernel, string[] on)
    {
        if (draft.HasCovers)
            return "first what covers the store has to go; then diagnose again";
        DriverHome[] homes = [.. draft.Host.Homes.Where(home => home.Engine.IsConfigured)];
        DockerClassicStore[] stores = [.. homes.Select(home => home.Store).OfType<DockerClassicStore>()];
        ImmutableArray<UpperScan> scans = draft.Report.Snapshot.Uppers.TryGet(out ImmutableArray<UpperScan> known) ? known : [];
        int marked = scans.Count(scan => scan.Marks.Any(mark => mark.Kind is UpperMarkKind.Redirect or UpperMarkKind.Metacopy));
        if (marked > 0)
        {
            return string.Create(CultureInfo.InvariantCulture, $"""
                the layers of {marked} containers hold redirects, or files of which only the attributes were copied up, and are readable in full only with redirects on: start the engine again, commit these containers, and remove them; only then switch redirects off
                """);
        }

        if (on.Length == 0)
            return "no parameter is on: the engine found native diff impossible when it started; start it again, and if it still says so, keep to it: its differences are right, only slow";
        if (stores.Length == 0 || stores.Any(store => !IsScanned(store, scans)))
            return "whether the layers of containers depend on redirects is not known: capture the host with a look through all of them (--scan-uppers)";
        if ((on.Contains(ModuleParameters.Metacopy, StringComparer.Ordinal) || !kernel.IsOn(AlwaysFollow)) && homes.Any(home => home.MountedLayers.Any()))
            return "containers that run can still make marks in their layers that could not be read in full with redirects off: stop them, and plan again";
        return draft.Table is null ? "the snapshot does not hold the mounts, so the repair cannot be tried on a copy of the machine" : null;
    }

    /// <summary>Whether the layers of all containers were looked through.</summary>
    private static bool IsScanned(DockerClassicStore store, ImmutableArray<UpperScan> scans)
    {
        HashSet<BytePath> complete = [.. scans.Where(scan => scan.IsComplete).Select(scan => scan.Directory)];
        HashSet<ByteString> uppers = [.. store.ContainerLayers.Select(layer => layer.MountId.Trimmed)];
        return store.Layers.Where(layer => uppers.Contains(layer.Id)).All(layer => complete.Contains(layer.DiffPath));
    }

    private static void OfferOthers(PlanDraft draft, string[] on)
    {
        if (on.Length == 0)
            return;
        string options = string.Join(' ', on.Select(parameter => $"{parameter}=N"));
        draft.Offer(new RepairCourse(
            "Keep redirects off after the next boot", "what switches them on, the kernel's build, a file of modprobe.d or the kernel's command line, is for a person to say", RepairRisk.R2, [],
            [
                "Look for what switches them on: grep -rs overlay /etc/modprobe.d /usr/lib/modprobe.d /proc/cmdline",
                $"Where overlay is a module: write \"options overlay {options}\" into /etc/modprobe.d/overlay.conf, and make the initial file system anew if overlay is loaded from there.",
                $"Where it is built in: add {string.Join(' ', on.Select(parameter => $"overlay.{parameter}=N"))} to the kernel's command line.",
            ]));
        draft.Offer(new RepairCourse(
            "Keep redirects, and start the engine again", "the engine then compares layers file by file, which is right and slow", RepairRisk.R3, [],
            ["Commit nothing before: an engine that was started without redirects loses renamed directories.", "Start the engine again.", "docker info must say: Native Overlay Diff: false."]));
    }
}
