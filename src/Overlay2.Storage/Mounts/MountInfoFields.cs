using System.Runtime.CompilerServices;

namespace Overlay2.Storage.Mounts;

/// <summary>Where each field of a line ends: the offset behind its space, counted from the start of the line.</summary>
/// <remarks>Longer than a line needs: all spaces of a window are stored at once, those of the super options too.</remarks>
[InlineArray(Length)]
internal struct MountInfoFields
{
    public const int Length = 32;

    private int _first;
}
