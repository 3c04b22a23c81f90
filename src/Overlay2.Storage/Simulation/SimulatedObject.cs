using Overlay2.Storage.Simulation.Backing;
using Overlay2.Storage.Simulation.Merging;

namespace Overlay2.Storage.Simulation;

/// <summary>An object of the overlay as it was at one moment, to be compared with one of another moment.</summary>
/// <remarks>Immutable, thread-safe.</remarks>
public sealed class SimulatedObject
{
    private readonly InodeIdentity _identity;
    private readonly BackingInode? _data;

    internal SimulatedObject(InodeIdentity identity, BackingInode? data, bool isLowerFile, int linkCount)
    {
        _identity = identity;
        _data = data;
        IsLowerFile = isLowerFile;
        RealLinkCount = linkCount;
    }

    /// <summary>Whether it is a regular file whose data lies in a lower layer.</summary>
    public bool IsLowerFile { get; }

    /// <summary>The link count in the layer that shows it.</summary>
    public int RealLinkCount { get; }

    /// <summary>Whether both show the same st_ino.</summary>
    /// <param name="other">The object at the other moment.</param>
    public bool HasNumberOf(SimulatedObject other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return _identity with { PseudoDevice = -1 } == other._identity with { PseudoDevice = -1 };
    }

    /// <summary>Whether both show the same st_dev.</summary>
    /// <param name="other">The object at the other moment.</param>
    public bool HasDeviceOf(SimulatedObject other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return _identity.PseudoDevice == other._identity.PseudoDevice;
    }

    /// <summary>Whether the data of both is that of one file in one layer.</summary>
    /// <param name="other">The object at the other moment.</param>
    public bool HasDataOf(SimulatedObject other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return _data == other._data;
    }
}
