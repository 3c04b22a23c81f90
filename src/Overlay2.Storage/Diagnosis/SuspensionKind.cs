namespace Overlay2.Storage.Diagnosis;

/// <summary>What kept a rule from saying anything.</summary>
public enum SuspensionKind
{
    /// <summary>The snapshot lacks what the rule looks at.</summary>
    NotSeen,

    /// <summary>A mount covers what the rule looks at: what can be seen is not the store.</summary>
    Covered,

    /// <summary>The caller does not want to hear of it.</summary>
    Suppressed,

    /// <summary>A rule of the caller's failed.</summary>
    Failed,

    /// <summary>What the rule looks at is in a store that a user has for himself, and part of it could not be read: that says nothing of the host's.</summary>
    OfUser,
}
