using Overlay2.Storage.Hosts;

namespace Overlay2.Storage.Diagnosis.Rules;

/// <summary>A rule of this library: its findings are those of one id of the catalogue.</summary>
internal abstract class LibraryRule(string id, DiagnosisStage stage) : IDiagnosisRule
{
    public FindingDescriptor Descriptor { get; } = FindingIds.Get(id);

    public DiagnosisStage Stage { get; } = stage;

    public abstract void Examine(HostView host, FindingSink findings);
}
