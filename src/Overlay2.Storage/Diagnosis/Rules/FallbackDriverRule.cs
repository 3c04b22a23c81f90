using Overlay2.Storage.Hosts;
using Overlay2.Storage.Snapshots;

namespace Overlay2.Storage.Diagnosis.Rules;

/// <summary>OVL0605, seen in the running engine.</summary>
internal sealed class FallbackDriverRule() : LibraryRule(FindingIds.FallbackDriver, DiagnosisStage.Configuration)
{
    public override void Examine(HostView host, FindingSink findings)
    {
        if (!host.Snapshot.Engine.TryGet(out EngineInfo? engine) || engine.Driver != "vfs" || !findings.TryGet(host.Snapshot.Configuration, out _)
            || host.Configuration.Value.StorageDriver is not null)
        {
            return;
        }

        findings.Report(
            FindingStatus.Confirmed, new FindingSubject(FindingSubjectKind.DataRoot, engine.DataRoot), "The engine uses vfs, which nobody chose: it copies every layer whole.", "fallback",
            new FindingEvidence("engine", "its storage driver is vfs"), new FindingEvidence("configuration", "no storage driver is chosen"));
    }
}
