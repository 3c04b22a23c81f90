namespace Overlay2.Storage.Benchmarks.Growth;

/// <summary>What one table costs.</summary>
internal sealed record TableMeasurement(double ParseNanosecondsPerLine, double VisibilityNanosecondsPerLine, double BytesPerLine);
