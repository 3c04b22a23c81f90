namespace Overlay2.Storage.Configuration;

/// <summary>In which store an engine keeps its images: its own classic one with a storage driver, or containerd's with a snapshotter.</summary>
/// <param name="UsesContainerd">Whether it is containerd's; <see langword="null"/> where that depends on what is not known.</param>
/// <param name="Because">Why, in words for a person.</param>
/// <param name="Source">The place that decides; <see langword="default"/> where no setting does.</param>
/// <remarks>Immutable and thread-safe. Sources: the engine's documentation of the image store, and the release notes of 29.0.</remarks>
public sealed record ImageStoreChoice(bool? UsesContainerd, string Because, ConfigurationSource Source)
{
    /// <summary>The first major version that takes containerd's store on a data root without anything in it.</summary>
    internal const int FirstByDefault = 29;

    internal static ImageStoreChoice Of(EngineConfiguration configuration, EngineHost host)
    {
        if (configuration.ContainerdSnapshotter is { } feature)
        {
            bool isOn = feature.Value.Span.SequenceEqual("true"u8);
            return new ImageStoreChoice(isOn, $"the feature {StorageDriverRules.SnapshotterFeature} is switched {(isOn ? "on" : "off")}", feature.Source);
        }

        if (host.MajorVersion < FirstByDefault)
            return new ImageStoreChoice(UsesContainerd: false, $"engines before {FirstByDefault} take containerd's only by the feature {StorageDriverRules.SnapshotterFeature}", default);
        if (configuration.RemappedUser is { } remapped)
            return new ImageStoreChoice(UsesContainerd: false, "users are remapped, which containerd's store does not do", remapped.Source);
        if (host.PriorDrivers.Length > 0)
            return new ImageStoreChoice(UsesContainerd: false, $"the data root holds a classic store ({string.Join(", ", host.PriorDrivers.Order(StringComparer.Ordinal))}), which wins in every version", default);
        if (configuration.StorageDriver is { } driver)
        {
            bool isClassic = StorageDriverRules.VersionsOf(driver.Value.ToString()) is not null;
            return isClassic ? new ImageStoreChoice(UsesContainerd: false, $"the storage driver {driver.Value} is named", driver.Source)
                : new ImageStoreChoice(host.MajorVersion is null ? null : true, $"from {FirstByDefault} on {driver.Value} is taken for the name of a snapshotter; engines before have no such driver", driver.Source);
        }

        return host.MajorVersion is null
            ? new ImageStoreChoice(UsesContainerd: null, $"containerd's from engine {FirstByDefault} on, since the data root holds no classic store; the classic one before", default)
            : new ImageStoreChoice(UsesContainerd: true, "the data root holds no classic store", default);
    }
}
