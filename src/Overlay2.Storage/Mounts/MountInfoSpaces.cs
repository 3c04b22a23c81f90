using System.Runtime.CompilerServices;

namespace Overlay2.Storage.Mounts;

/// <summary>Offsets of the spaces that end the fields of a line, counted from the start of the line.</summary>
/// <remarks>Longer than the fields of a line need: a scanner stores all spaces of a window at once.</remarks>
[InlineArray(Length)]
internal struct MountInfoSpaces
{
    public const int Length = 32;

    private int _first;
}
