namespace Overlay2.Storage.Simulation;

/// <summary>A device number.</summary>
/// <param name="Major">The major number.</param>
/// <param name="Minor">The minor number.</param>
public readonly record struct DeviceNumber(int Major, int Minor);
