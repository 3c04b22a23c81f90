using Overlay2.Storage.Simulation.Merging;

namespace Overlay2.Storage.Simulation;

/// <summary>A state of a simulator to return to; snapshots nest and are given back in reverse order.</summary>
public sealed class SimulatorSnapshot
{
    private readonly OverlaySimulator _owner;
    private bool _isUsed;

    internal SimulatorSnapshot(OverlaySimulator owner, int mark, OverlayMount mount, int nextDescriptor)
    {
        _owner = owner;
        Mark = mark;
        Mount = mount;
        NextDescriptor = nextDescriptor;
    }

    internal int Mark { get; }

    internal OverlayMount Mount { get; }

    internal int NextDescriptor { get; }

    internal void Use(OverlaySimulator simulator)
    {
        if (_isUsed || simulator != _owner)
            throw new InvalidOperationException("The snapshot was used already or belongs to another simulator.");
        _isUsed = true;
    }
}
