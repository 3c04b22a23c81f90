using Overlay2.Storage.Bytes;
using Overlay2.Storage.Configuration;

namespace Overlay2.Storage.Fuzz.Targets;

/// <summary>A file of variables with flags of the engine, where there is no unit.</summary>
internal static class SysconfigTarget
{
    private static readonly BytePath s_path = BytePath.FromText("/etc/sysconfig/docker-storage");

    public static void Run(byte[] input)
    {
        foreach (EnvironmentAssignment assignment in EnvironmentFile.Parse(input))
        {
            for (int i = 0; i < assignment.Places.Length; i++)
            {
                if (input[assignment.Places[i]] != assignment.Value.Span[i])
                    throw new InvalidOperationException("A byte of a value is not where it is said to be.");
            }
        }

        ConfigurationCheck.Run(EngineConfigurationFiles.Empty.With(s_path, new ByteString(input)));
    }
}
