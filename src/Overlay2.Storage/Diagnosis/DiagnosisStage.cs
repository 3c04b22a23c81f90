namespace Overlay2.Storage.Diagnosis;

/// <summary>When a rule is asked. Rules of a later stage see what the earlier ones found.</summary>
public enum DiagnosisStage
{
    /// <summary>Mounts: whether what is seen of a store is the store at all.</summary>
    Topology,

    /// <summary>The kernel, the file systems and their room.</summary>
    Capability,

    /// <summary>The engine and its configuration.</summary>
    Configuration,

    /// <summary>The store; not asked about one that a mount covers.</summary>
    Store,

    /// <summary>What behaves differently than on other file systems.</summary>
    Behaviour,

    /// <summary>Logs, which only make a finding surer.</summary>
    Log,
}
