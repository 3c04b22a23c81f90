using Overlay2.Storage.Bytes;
using Overlay2.Storage.Repair;

namespace Overlay2.Storage.Tests.Repair;

/// <summary>An engine that counts how often it is started.</summary>
internal sealed class RestartedEngine : IEngineControl
{
    public int Starts { get; private set; }

    public Task<HostResult> StopContainerAsync(ByteString containerId, CancellationToken cancellationToken) => Task.FromResult(HostResult.Done);

    public Task<HostResult> StartContainerAsync(ByteString containerId, CancellationToken cancellationToken) => Task.FromResult(HostResult.Done);

    public Task<bool?> IsRunningAsync(ByteString containerId, CancellationToken cancellationToken) => Task.FromResult<bool?>(null);

    public Task<bool> AnswersAsync(CancellationToken cancellationToken) => Task.FromResult(true);

    public Task<HostResult> RestartAsync(CancellationToken cancellationToken)
    {
        Starts++;
        return Task.FromResult(HostResult.Done);
    }
}
