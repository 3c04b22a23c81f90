namespace Overlay2.Storage.KernelTests.Engine;

/// <summary>One containerd for all tests of a collection.</summary>
public sealed class SharedContainerd : IDisposable
{
    private LiveContainerd? _engine;

    /// <summary>containerd; the first test that asks starts it, and is skipped where none can run.</summary>
    internal LiveContainerd Engine => _engine ??= LiveContainerd.Run();

    public void Dispose() => _engine?.Dispose();
}
