using System.Collections.Immutable;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Configuration;

namespace Overlay2.Storage.Fuzz.Targets;

/// <summary>What must hold of every configuration.</summary>
internal static class ConfigurationCheck
{
    public static void Run(EngineConfigurationFiles files)
    {
        EngineConfiguration configuration = EngineConfiguration.Resolve(files);
        configuration.PredictStart(new EngineHost { MajorVersion = 20 });
        ImmutableArray<ConfigurationEdit> edits;
        try
        {
            edits = StorageDriverChange.Plan(files, "overlay2");
        }
        catch (ConfigurationEditException)
        {
            return;
        }

        EngineConfigurationFiles changed = files;
        foreach (ConfigurationEdit edit in edits)
        {
            _ = edit.Difference;
            changed = changed.With(edit.Path, edit.Content);
        }

        EngineSetting? driver = EngineConfiguration.Resolve(changed).StorageDriver;
        if (driver?.Value != ByteString.FromText("overlay2"))
            throw new InvalidOperationException("The driver that was set is not in force.");
        if (!StorageDriverChange.Plan(changed, "overlay2").IsEmpty)
            throw new InvalidOperationException("Setting the same driver again changes something.");
    }
}
