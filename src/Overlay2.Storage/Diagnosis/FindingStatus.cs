namespace Overlay2.Storage.Diagnosis;

/// <summary>How sure a finding is.</summary>
public enum FindingStatus
{
    /// <summary>Whether it is so cannot be said: what would decide is not in the snapshot. The severity is then information.</summary>
    Unknown,

    /// <summary>It looks so; evidence that would prove it is not in the snapshot.</summary>
    Suspected,

    /// <summary>The evidence leaves no other explanation.</summary>
    Confirmed,
}
