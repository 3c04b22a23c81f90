namespace Overlay2.Storage.Simulation.Scenarios;

/// <summary>Counts the bytes of content that a scenario has made, copied, read or hashed: a short line must not ask for hours or all memory.</summary>
internal sealed class ScenarioBudget
{
    private const long Limit = 1L << 30;

    private long _left = Limit;

    /// <exception cref="ScenarioFormatException">The scenario asks for too much.</exception>
    public void Take(long bytes)
    {
        if (bytes > _left)
            throw new ScenarioFormatException("The scenario handles more than " + Limit + " bytes of content.");
        _left -= Math.Max(0, bytes);
    }
}
