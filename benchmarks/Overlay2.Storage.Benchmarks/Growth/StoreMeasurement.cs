namespace Overlay2.Storage.Benchmarks.Growth;

/// <summary>What capturing one host costs, and what is done with the capture.</summary>
internal sealed record StoreMeasurement
{
    public TimeSpan Capture { get; init; } = TimeSpan.MaxValue;

    public long Allocated { get; init; } = long.MaxValue;

    public long Kept { get; init; } = long.MaxValue;

    public TimeSpan References { get; init; } = TimeSpan.MaxValue;

    public TimeSpan Expected { get; init; } = TimeSpan.MaxValue;

    public TimeSpan Diagnosis { get; init; } = TimeSpan.MaxValue;

    public TimeSpan Save { get; init; } = TimeSpan.MaxValue;

    public TimeSpan Load { get; init; } = TimeSpan.MaxValue;

    public long FileLength { get; init; }

    /// <summary>The lower figure of each.</summary>
    public StoreMeasurement Min(StoreMeasurement other) => new()
    {
        Capture = Shorter(Capture, other.Capture),
        Allocated = Math.Min(Allocated, other.Allocated),
        Kept = Math.Min(Kept, other.Kept),
        References = Shorter(References, other.References),
        Expected = Shorter(Expected, other.Expected),
        Diagnosis = Shorter(Diagnosis, other.Diagnosis),
        Save = Shorter(Save, other.Save),
        Load = Shorter(Load, other.Load),
        FileLength = other.FileLength,
    };

    private static TimeSpan Shorter(TimeSpan left, TimeSpan right) => left < right ? left : right;
}
