namespace Overlay2.Storage.Configuration;

/// <summary>Whether an engine starts.</summary>
public enum EngineStartOutcome
{
    /// <summary>That depends on something that is not known.</summary>
    Unknown,

    /// <summary>Nothing of its storage configuration keeps it from starting.</summary>
    Starts,

    /// <summary>It refuses to start.</summary>
    Refuses,
}
