namespace Overlay2.Storage.Simulation.Merging;

/// <summary>The <c>uuid=</c> option.</summary>
internal enum UuidMode
{
    Auto,
    On,
    Null,
    Off,
}
