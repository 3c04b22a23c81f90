namespace Overlay2.Storage.Diagnosis;

/// <summary>Looks for one kind of finding in a snapshot.</summary>
/// <remarks>
/// A pure function of the snapshot: no file, no clock. Implementations are thread-safe: one rule can be asked by several diagnoses at a
/// time. A rule that lacks evidence says so (<see cref="DiagnosisContext.Suspend(string)"/>); silence means that there is nothing to find.
/// </remarks>
public interface IDiagnosisRule
{
    /// <summary>What the rule looks for.</summary>
    FindingDescriptor Descriptor { get; }

    /// <summary>When it is asked.</summary>
    DiagnosisStage Stage { get; }

    /// <summary>Looks, and reports to the context.</summary>
    /// <param name="context">The snapshot, and where to report.</param>
    void Examine(DiagnosisContext context);
}
