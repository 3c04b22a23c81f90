namespace Overlay2.Storage.PropertyTests.Secrets;

/// <summary>What of a planted secret a place writes.</summary>
[Flags]
internal enum SecretKinds
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>The token behind the name, in the place's own syntax.</summary>
    Named = 1,

    /// <summary>A text that tells by itself that it holds a secret.</summary>
    Text = 2,

    /// <summary>The token alone: nothing tells of it but that the place is not known to be harmless.</summary>
    Bare = 4,

    /// <summary>A text of several lines.</summary>
    Lines = 8,
}
