namespace Overlay2.Storage.Simulation.Merging;

/// <summary>What an open file may do.</summary>
[Flags]
internal enum OpenModes
{
    None = 0,
    Read = 1,
    Write = 2,
    Append = 4,
    PathOnly = 8,
}
