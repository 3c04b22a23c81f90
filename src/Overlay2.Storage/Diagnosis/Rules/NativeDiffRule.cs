using System.Collections.Immutable;
using System.Globalization;
using Overlay2.Storage.Hosts;
using Overlay2.Storage.Kernel;
using Overlay2.Storage.Snapshots;

namespace Overlay2.Storage.Diagnosis.Rules;

/// <summary>OVL0302. An engine that takes differences from upper directories cannot see what a redirect moved.</summary>
internal sealed class NativeDiffRule() : LibraryRule(FindingIds.NativeDiff, DiagnosisStage.Capability)
{
    private const int MostMarksShown = 8;

    public override void Examine(HostView host, FindingSink findings)
    {
        if (!host.HasEngine || (host.Snapshot.Engine.TryGet(out EngineInfo? engine) && engine.UsesContainerdStore == true))
            return;

        ImmutableArray<FindingEvidence> redirects = [.. Parameters(host), .. Marks(host)];
        bool? isNative = engine?.UsesNativeDiff;
        if (isNative == false)
        {
            Report(findings, FindingStatus.Confirmed, "The engine compares layers file by file, since the kernel renames directories by redirects: builds are slow.", [new FindingEvidence("engine", "Native Overlay Diff: false"), .. redirects]);
        }
        else if (!redirects.IsEmpty)
        {
            Report(
                findings, isNative == true ? FindingStatus.Confirmed : FindingStatus.Suspected,
                "Directories can be renamed by redirects, which an engine that was started before does not see: a commit loses the content of a renamed directory. Restart the engine.",
                [.. redirects, new FindingEvidence("engine", isNative == true ? "Native Overlay Diff: true" : "whether it uses native diff is not known")]);
        }
        else if (isNative is null)
        {
            // Without redirects native diff is right.
            findings.TryGet(host.Snapshot.Kernel, out _);
        }
    }

    private static void Report(FindingSink findings, FindingStatus status, string message, ImmutableArray<FindingEvidence> evidence) =>
        findings.Report(status, new FindingSubject(FindingSubjectKind.Kernel, default), message, "redirects", evidence);

    private static IEnumerable<FindingEvidence> Parameters(HostView host)
    {
        if (!host.Snapshot.Kernel.TryGet(out KernelProfile? kernel))
            yield break;
        foreach (string parameter in new[] { "redirect_dir", "metacopy" })
        {
            if (kernel.IsOn(parameter))
                yield return new FindingEvidence($"/sys/module/overlay/parameters/{parameter}", kernel.Parameters[parameter]);
        }
    }

    private static IEnumerable<FindingEvidence> Marks(HostView host)
    {
        if (!host.Snapshot.Uppers.TryGet(out ImmutableArray<UpperScan> scans))
            yield break;
        int count = 0;
        foreach (UpperScan scan in scans)
        {
            foreach (UpperMark mark in scan.Marks)
            {
                if (mark.Kind is UpperMarkKind.Redirect or UpperMarkKind.Metacopy && count++ < MostMarksShown)
                    yield return new FindingEvidence(scan.Directory.Combine(mark.Path).ToString(), mark.Kind == UpperMarkKind.Redirect ? $"redirected from {mark.Value}" : "only its attributes were copied up");
            }
        }

        if (count > MostMarksShown)
            yield return new FindingEvidence("upper layers", string.Create(CultureInfo.InvariantCulture, $"{count - MostMarksShown} more"));
    }
}
