namespace Overlay2.Storage.Simulation;

/// <summary>What is done to a directory and everything below it.</summary>
public enum TreeOperation
{
    /// <summary><c>chown -R</c>: symbolic links are changed themselves.</summary>
    ChangeOwner,

    /// <summary><c>chmod -R</c>: symbolic links are passed over.</summary>
    ChangeMode,

    /// <summary><c>touch</c> on every object but symbolic links.</summary>
    Touch,
}
