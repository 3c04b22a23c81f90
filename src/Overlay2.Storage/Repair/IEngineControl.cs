using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.Repair;

/// <summary>What a plan may ask of the engine. The library has none by itself: the caller gives one, such as <see cref="ProgramEngineControl"/>.</summary>
public interface IEngineControl
{
    /// <summary>Stops a container. One that does not run is left as it is, and that is no error; a stop that was asked for before is waited for.</summary>
    /// <param name="containerId">Its id.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <returns>Done, or what the engine said.</returns>
    Task<HostResult> StopContainerAsync(ByteString containerId, CancellationToken cancellationToken);

    /// <summary>Starts a container. One that runs is left as it is, and that is no error.</summary>
    /// <param name="containerId">Its id.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <returns>Done, or what the engine said.</returns>
    Task<HostResult> StartContainerAsync(ByteString containerId, CancellationToken cancellationToken);

    /// <summary>Whether a container runs; <see langword="null"/> if the engine does not say.</summary>
    /// <param name="containerId">Its id.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    Task<bool?> IsRunningAsync(ByteString containerId, CancellationToken cancellationToken);

    /// <summary>Starts the engine again.</summary>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <returns>Done when it answers, or why not.</returns>
    Task<HostResult> RestartAsync(CancellationToken cancellationToken);

    /// <summary>Whether the engine answers.</summary>
    /// <param name="cancellationToken">Ends the waiting.</param>
    Task<bool> AnswersAsync(CancellationToken cancellationToken);
}
