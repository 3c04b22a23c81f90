namespace Overlay2.Storage.Tests.Repair.Programs;

/// <summary>A time that goes on only when it is told to.</summary>
internal sealed class SteppedTime : TimeProvider
{
    private long _ticks;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => Interlocked.Read(ref _ticks);

    public void GoOn(TimeSpan time) => Interlocked.Add(ref _ticks, time.Ticks);
}
