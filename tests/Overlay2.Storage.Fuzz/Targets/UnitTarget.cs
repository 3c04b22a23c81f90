using Overlay2.Storage.Bytes;
using Overlay2.Storage.Configuration;

namespace Overlay2.Storage.Fuzz.Targets;

/// <summary>The engine's service unit, with a file of variables that it may read.</summary>
internal static class UnitTarget
{
    private static readonly BytePath s_unit = BytePath.FromText("/etc/systemd/system/docker.service");
    private static readonly BytePath s_dropIn = BytePath.FromText("/etc/systemd/system/docker.service.d/a.conf");

    public static void Run(byte[] input)
    {
        int half = input.AsSpan().IndexOf((byte)0);
        EngineConfigurationFiles files = EngineConfigurationFiles.Empty.With(s_unit, new ByteString(half < 0 ? input : input.AsSpan(0, half)));
        ConfigurationCheck.Run(half < 0 ? files : files.With(s_dropIn, new ByteString(input.AsSpan(half + 1))));
    }
}
