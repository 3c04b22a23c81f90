namespace Overlay2.Storage.Diagnosis;

/// <summary>What a diagnosis came to.</summary>
public enum DiagnosisStatus
{
    /// <summary>Nothing of warning or above was found in what could be seen, but not everything could be seen.</summary>
    Unknown,

    /// <summary>Everything was seen, and nothing of warning or above found.</summary>
    Healthy,

    /// <summary>Something of warning or above was found.</summary>
    Findings,
}
