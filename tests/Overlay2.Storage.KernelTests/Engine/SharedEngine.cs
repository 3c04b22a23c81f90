namespace Overlay2.Storage.KernelTests.Engine;

/// <summary>One engine for all tests of a collection.</summary>
public sealed class SharedEngine : IDisposable
{
    private LiveEngine? _engine;

    /// <summary>The engine; the first test that asks starts it, and is skipped where none can run.</summary>
    internal LiveEngine Engine => _engine ??= LiveEngine.Run();

    public void Dispose() => _engine?.Dispose();
}
