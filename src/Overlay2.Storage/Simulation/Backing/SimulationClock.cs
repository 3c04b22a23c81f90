namespace Overlay2.Storage.Simulation.Backing;

/// <summary>The time as one operation sees it: read once, when first asked for.</summary>
internal sealed class SimulationClock(TimeProvider provider)
{
    private long _now;

    /// <summary>Nanoseconds since the epoch.</summary>
    public long Now
    {
        get
        {
            if (_now == 0)
                _now = (provider.GetUtcNow().UtcTicks - DateTime.UnixEpoch.Ticks) * 100;
            return _now;
        }
    }

    /// <summary>Lets the next operation see a new time.</summary>
    public void NextOperation() => _now = 0;
}
