namespace Overlay2.Storage.Configuration;

public sealed partial class EngineConfiguration
{
    /// <summary>Says whether an engine starts with this configuration, and with which driver.</summary>
    /// <param name="host">What is known of the engine and the host.</param>
    public EngineStart PredictStart(EngineHost host)
    {
        ArgumentNullException.ThrowIfNull(host);
        return new StorageDriverSelection(this, host).Predict();
    }

    /// <summary>Says in which store an engine keeps its images with this configuration.</summary>
    /// <param name="host">What is known of the engine and the host; drivers that left something count as known.</param>
    public ImageStoreChoice ChooseImageStore(EngineHost host)
    {
        ArgumentNullException.ThrowIfNull(host);
        return ImageStoreChoice.Of(this, host);
    }
}
