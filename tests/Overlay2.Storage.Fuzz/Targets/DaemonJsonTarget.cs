using Overlay2.Storage.Bytes;
using Overlay2.Storage.Configuration;

namespace Overlay2.Storage.Fuzz.Targets;

/// <summary>The engine's configuration file: read, resolved, and the driver set. What set-driver makes must read back with that driver and be stable.</summary>
internal static class DaemonJsonTarget
{
    private static readonly BytePath s_path = BytePath.FromText("/etc/docker/daemon.json");

    public static void Run(byte[] input) => ConfigurationCheck.Run(EngineConfigurationFiles.Empty.With(s_path, new ByteString(input)));
}
