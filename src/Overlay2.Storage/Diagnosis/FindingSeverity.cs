namespace Overlay2.Storage.Diagnosis;

/// <summary>How bad a finding is, from harmless to worst.</summary>
public enum FindingSeverity
{
    /// <summary>Worth knowing; nothing is wrong.</summary>
    Information,

    /// <summary>Wrong, but nothing fails because of it yet.</summary>
    Warning,

    /// <summary>Something fails, or will at the next start.</summary>
    Error,

    /// <summary>Everything fails at once.</summary>
    Critical,
}
