using System.Collections.Immutable;
using Overlay2.Storage.Configuration;
using Overlay2.Storage.Engines.Known;
using Overlay2.Storage.Hosts;

namespace Overlay2.Storage.Diagnosis.Rules;

/// <summary>Problems of the engine's configuration that are findings of one id (OVL0403, OVL06xx).</summary>
internal sealed class EngineProblemRule(string id, params ImmutableArray<EngineProblemKind> kinds) : LibraryRule(id, DiagnosisStage.Configuration)
{
    public override void Examine(HostView host, FindingSink findings)
    {
        if (!findings.TryGet(host.Snapshot.Configuration, out _))
            return;

        foreach (EngineProblem problem in host.EngineProblems)
        {
            if (problem.Kind == EngineProblemKind.Unreadable)
                findings.Suspend(problem.Message);
            else if (kinds.Contains(problem.Kind) && !IsOfHostWithoutEngine(host, problem) && !IsOfFileSystem(host, problem))
                Report(host, findings, problem);
        }
    }

    /// <summary>What an engine would make of a host is no finding where there is none.</summary>
    private static bool IsOfHostWithoutEngine(HostView host, EngineProblem problem) =>
        !host.HasEngine && problem.Kind is EngineProblemKind.SilentFallback or EngineProblemKind.UnsupportedDriver or EngineProblemKind.SeveralStores;

    /// <summary>That this host cannot carry overlay2 is OVL0204 or OVL0305.</summary>
    private static bool IsOfFileSystem(HostView host, EngineProblem problem) =>
        problem.Kind == EngineProblemKind.UnsupportedDriver && (host.Configuration.Value.StorageDriver is not { } driver || driver.Value == KnownEngines.Docker.DriverHomeName.Bytes);

    private void Report(HostView host, FindingSink findings, EngineProblem problem)
    {
        ConfigurationSource source = problem.Sources.IsEmpty ? default : problem.Sources[0];
        bool? stops = problem.StopsEngine(host.EngineVersion);
        FindingSeverity severity = stops == false && Descriptor.Severity > FindingSeverity.Warning ? FindingSeverity.Warning : Descriptor.Severity;
        findings.Report(
            severity, stops is null ? FindingStatus.Suspected : FindingStatus.Confirmed, new FindingSubject(FindingSubjectKind.Configuration, source.Path), problem.Message,
            CauseKeys.Of(problem),
            problem.Sources.IsEmpty
                ? [new FindingEvidence("configuration", problem.Message)]
                : [.. problem.Sources.Select(place => new FindingEvidence(place.ToString(), $"{problem.Kind}{(stops is null ? "; whether the engine starts depends on its version, which is not known" : stops.Value ? "; the engine refuses to start" : "")}"))]);
    }
}
