using System.Collections.Immutable;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Configuration;
using Overlay2.Storage.Diagnosis;
using Overlay2.Storage.Repair.Hosts;

namespace Overlay2.Storage.Repair.Planning;

/// <summary>The repairs of findings about the engine's configuration.</summary>
internal static class ConfigurationRepairs
{
    private const int FirstHarmlessVersion = 20;
    private const int FirstHarmlessKernel = 4;

    /// <summary>The problem that a finding reports.</summary>
    public static EngineProblem? FindProblem(PlanDraft draft, Finding finding) => draft.Host.EngineProblems.FirstOrDefault(problem => CauseKeys.Of(problem) == finding.CauseKey);

    /// <summary>Takes edits of files into the plan.</summary>
    public static string? Add(PlanDraft draft, Finding finding, ImmutableArray<ConfigurationEdit> edits, Func<BytePath, string> title, RepairRisk risk, string effect)
    {
        if (edits.FirstOrDefault(edit => edit.Original is { } original && ConfigurationLines.Between(original, edit.Content).HidesSecret) is { } secret)
            return $"the line of {secret.Path} to change holds a secret, which no plan holds; change it by hand: {title(secret.Path)}";

        return draft.Add(finding, [.. edits.Select(edit => ConfigurationSteps.Replace(edit, title(edit.Path), risk, effect))]);
    }

    public static string? PlanGivenTwice(PlanDraft draft, Finding finding)
    {
        if (FindProblem(draft, finding) is not { } problem)
            return $"there is no automatic repair; see {finding.HelpLink}";

        if (problem.Kind == EngineProblemKind.OverriddenByEnvironment)
            return $"{problem.Message} Which of the two stores is meant only a person knows: take DOCKER_DRIVER out of {problem.Sources[0]}, or write the driver that it names into the configuration; the images of the other one are not shown then";

        return Mend(
            draft, finding, problem, file => $"Take the flag of {problem.Directive} out of {file}: the configuration file keeps it", RepairRisk.R2,
            $"none before the engine's next start, which then takes what the configuration file says. Until now: {problem.Message}");
    }

    /// <summary>Engines before 20 still look at the option, and with it start on kernels that they otherwise refuse.</summary>
    public static string? PlanRemovedOption(PlanDraft draft, Finding finding)
    {
        if (FindProblem(draft, finding) is not { } problem)
            return $"there is no automatic repair; see {finding.HelpLink}";

        bool isKernelGood = draft.Report.Snapshot.Kernel.TryGet(out Kernel.KernelProfile? kernel) && kernel.Version.Major >= FirstHarmlessKernel;
        if (draft.Host.EngineVersion is not >= FirstHarmlessVersion && !isKernelGood)
            return "engines before 20 start on kernels before 4.0 only with this option, and neither version is known to be later: take it out when the engine is upgraded";

        return Mend(
            draft, finding, problem, file => $"Take the removed option overlay2.override_kernel_check out of {file}", RepairRisk.R2,
            "none: the engines before 24 that know the option do not need it here, and later ones do not start with it");
    }

    private static string? Mend(PlanDraft draft, Finding finding, EngineProblem problem, Func<BytePath, string> title, RepairRisk risk, string effect)
    {
        if (FindEdits(draft, files => EngineProblemChange.Plan(files, problem), out ImmutableArray<ConfigurationEdit> edits) is { } reason)
            return reason;
        if (!edits.IsEmpty)
            return Add(draft, finding, edits, title, risk, effect);
        if (!draft.Host.Configuration.Value.NextStart.Problems.Any(other => other.Kind == problem.Kind && other.Directive == problem.Directive))
            return "the running engine was started so, and no file that is known gives it: start the engine without it";
        draft.AddGoal(finding);
        return null;
    }

    /// <summary>The edits that make a change of the configuration.</summary>
    /// <returns>Why they are not known; <see langword="null"/> if they are.</returns>
    public static string? FindEdits(PlanDraft draft, Func<EngineConfigurationFiles, ImmutableArray<ConfigurationEdit>> plan, out ImmutableArray<ConfigurationEdit> edits)
    {
        edits = [];
        if (draft.Configuration is not { } files)
            return "the snapshot does not hold the mounts, so the repair cannot be tried on a copy of the machine";
        try
        {
            edits = plan(files);
            return null;
        }
        catch (ConfigurationEditException e)
        {
            return $"{e.Place}: {e.Reason}";
        }
    }
}
