using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.Configuration;

/// <summary>A setting of the engine, as one place gives it.</summary>
/// <param name="Name">Its name in the configuration file, such as <c>storage-driver</c> or <c>storage-opts</c>; one of the list for lists.</param>
/// <param name="Value">The value as bytes; for anything but text of the configuration file its JSON.</param>
/// <param name="Source">Where it is set.</param>
public sealed record EngineSetting(string Name, ByteString Value, ConfigurationSource Source)
{
    /// <summary>Name, value and place in words.</summary>
    public override string ToString() => $"{Name}={Value} ({Source})";
}
