using Overlay2.Storage.Hosts;

namespace Overlay2.Storage.Diagnosis;

/// <summary>Looks for one kind of finding on a host.</summary>
/// <remarks>
/// A pure function of the host's view: no file, no clock. Implementations are thread-safe: one rule can be asked by several diagnoses at a
/// time. A rule that lacks evidence says so (<see cref="FindingSink.Suspend(string)"/>); silence means that there is nothing to find. The
/// rules of this library use nothing that a caller's rule cannot use.
/// </remarks>
public interface IDiagnosisRule
{
    /// <summary>What the rule looks for.</summary>
    FindingDescriptor Descriptor { get; }

    /// <summary>When it is asked.</summary>
    DiagnosisStage Stage { get; }

    /// <summary>Looks, and reports.</summary>
    /// <param name="host">The host.</param>
    /// <param name="findings">Where to report, and what earlier rules found.</param>
    void Examine(HostView host, FindingSink findings);
}
