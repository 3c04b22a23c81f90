using Overlay2.Storage.Snapshots;

namespace Overlay2.Storage.Diagnosis.Rules;

/// <summary>OVL0605, seen in the running engine.</summary>
internal sealed class FallbackDriverRule() : LibraryRule("OVL0605", DiagnosisStage.Configuration)
{
    public override void Examine(DiagnosisContext context)
    {
        if (!context.Snapshot.Engine.TryGet(out EngineInfo? engine) || engine.Driver != "vfs" || !context.TryGet(context.Snapshot.Configuration, out _)
            || context.Configuration!.StorageDriver is not null)
        {
            return;
        }

        context.Report(
            FindingStatus.Confirmed, new FindingSubject(FindingSubjectKind.DataRoot, engine.DataRoot), "The engine uses vfs, which nobody chose: it copies every layer whole.", "fallback",
            new FindingEvidence("engine", "its storage driver is vfs"), new FindingEvidence("configuration", "no storage driver is chosen"));
    }
}
