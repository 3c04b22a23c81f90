namespace Overlay2.Storage.KernelTests.Podman;

/// <summary>One Podman for all tests of a collection.</summary>
public sealed class SharedPodman : IDisposable
{
    private PodmanEngine? _engine;

    /// <summary>The engine; the first test that asks starts it, and is skipped where none can run.</summary>
    internal PodmanEngine Engine => _engine ??= PodmanEngine.Run();

    public void Dispose() => _engine?.Dispose();
}
