namespace Overlay2.Storage.Snapshots;

/// <summary>What is special about a file or directory of a layer.</summary>
public enum UpperMarkKind
{
    /// <summary>It cannot be changed or removed (chattr +i).</summary>
    Immutable,

    /// <summary>It can only grow and not be removed (chattr +a).</summary>
    AppendOnly,

    /// <summary>A renamed directory: the attribute <c>overlay.redirect</c> says where its content is below.</summary>
    Redirect,

    /// <summary>Only the attributes were copied up: the attribute <c>overlay.metacopy</c>.</summary>
    Metacopy,
}
