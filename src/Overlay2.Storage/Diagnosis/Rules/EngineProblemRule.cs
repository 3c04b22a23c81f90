using System.Collections.Immutable;
using Overlay2.Storage.Configuration;
using Overlay2.Storage.Engines.Docker;

namespace Overlay2.Storage.Diagnosis.Rules;

/// <summary>Problems of the engine's configuration that are findings of one id (OVL0403, OVL06xx).</summary>
internal sealed class EngineProblemRule(string id, params ImmutableArray<EngineProblemKind> kinds) : LibraryRule(id, DiagnosisStage.Configuration)
{
    public override void Examine(DiagnosisContext context)
    {
        if (!context.TryGet(context.Snapshot.Configuration, out _))
            return;

        foreach (EngineProblem problem in context.EngineProblems)
        {
            if (problem.Kind == EngineProblemKind.Unreadable)
                context.Suspend(problem.Message);
            else if (kinds.Contains(problem.Kind) && !IsOfHostWithoutEngine(context, problem) && !IsOfFileSystem(context, problem))
                Report(context, problem);
        }
    }

    /// <summary>The finding's key. Lines are no part of it: they move when something else in the file is mended.</summary>
    internal static string CauseKeyOf(EngineProblem problem) => $"configuration:{problem.Kind}:{(problem.Sources.IsEmpty ? "" : problem.Sources[0].Path.ToString())}:{problem.Message}";

    /// <summary>What an engine would make of a host is no finding where there is none.</summary>
    private static bool IsOfHostWithoutEngine(DiagnosisContext context, EngineProblem problem) =>
        !context.HasEngine && problem.Kind is EngineProblemKind.SilentFallback or EngineProblemKind.UnsupportedDriver or EngineProblemKind.SeveralStores;

    /// <summary>That this host cannot carry overlay2 is OVL0204 or OVL0305.</summary>
    private static bool IsOfFileSystem(DiagnosisContext context, EngineProblem problem) =>
        problem.Kind == EngineProblemKind.UnsupportedDriver && (context.Configuration!.StorageDriver is not { } driver || driver.Value == DockerNames.DriverHome.Bytes);

    private void Report(DiagnosisContext context, EngineProblem problem)
    {
        ConfigurationSource source = problem.Sources.IsEmpty ? default : problem.Sources[0];
        bool? stops = problem.StopsEngine(context.EngineVersion);
        FindingSeverity severity = stops == false && Descriptor.Severity > FindingSeverity.Warning ? FindingSeverity.Warning : Descriptor.Severity;
        context.Report(
            severity, stops is null ? FindingStatus.Suspected : FindingStatus.Confirmed, new FindingSubject(FindingSubjectKind.Configuration, source.Path), problem.Message,
            CauseKeyOf(problem),
            problem.Sources.IsEmpty
                ? [new FindingEvidence("configuration", problem.Message)]
                : [.. problem.Sources.Select(place => new FindingEvidence(place.ToString(), $"{problem.Kind}{(stops is null ? "; whether the engine starts depends on its version, which is not known" : stops.Value ? "; the engine refuses to start" : "")}"))]);
    }
}
