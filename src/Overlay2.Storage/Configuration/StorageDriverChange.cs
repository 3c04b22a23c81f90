using System.Buffers;
using System.Collections.Immutable;
using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.Configuration;

/// <summary>Works out which files must change so that an engine's next start takes a storage driver.</summary>
/// <remarks>
/// Pure and thread-safe: nothing is written. The driver stays in the place that names it now; where flag and configuration file both name
/// it, which the engine refuses, the configuration file keeps it and the flag goes. Without any it goes into the configuration file.
/// </remarks>
public static class StorageDriverChange
{
    private static readonly SearchValues<char> s_nameCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-");

    /// <summary>Works out the changes.</summary>
    /// <param name="files">The files of the host; a running engine is not looked at.</param>
    /// <param name="driver">The driver's name, such as <c>overlay2</c>: letters, digits, dots, dashes and underscores.</param>
    /// <returns>The files to change, in the order to change them in; none if the driver is in force already.</returns>
    /// <exception cref="ArgumentException"><paramref name="driver"/> is no name of a driver, or one that no engine has.</exception>
    /// <exception cref="ConfigurationEditException">A file cannot be understood, or the driver is named where this cannot change it.</exception>
    public static ImmutableArray<ConfigurationEdit> Plan(EngineConfigurationFiles files, string driver)
    {
        ArgumentNullException.ThrowIfNull(files);
        ArgumentException.ThrowIfNullOrEmpty(driver);
        if (driver.AsSpan().ContainsAnyExcept(s_nameCharacters))
            throw new ArgumentException($"\"{driver}\" is no name of a storage driver.", nameof(driver));
        if (!StorageDriverRules.IsKnownName(driver))
            throw new ArgumentException($"no engine has a storage driver or snapshotter \"{driver}\"; names are {string.Join(", ", StorageDriverRules.AllNames)}.", nameof(driver));

        files = files.WithProcess(process: null);
        EngineConfiguration now = EngineConfiguration.Resolve(files);
        EngineSetting[] flags = [.. now.Settings.Where(setting => setting.Name == EngineDirectives.StorageDriver && setting.Source.Kind != ConfigurationSourceKind.ConfigurationFile)];
        bool isInFile = HasDriver(files, now.ConfigurationFile);
        if (now.StorageDriver is { } chosen && chosen.Value == ByteString.FromText(driver) && !(isInFile && flags.Length > 0))
            return [];
        if (flags.FirstOrDefault(flag => flag.Source.Kind == ConfigurationSourceKind.Unit) is { } fixedFlag)
            throw new ConfigurationEditException(fixedFlag.Source, "the service unit itself names the storage driver; change it there.");

        EngineConfigurationFiles changed = files;
        if (isInFile || flags.Length == 0)
            changed = ConfigurationChange.Apply(changed, new ConfigurationSource(ConfigurationSourceKind.ConfigurationFile, now.ConfigurationFile, 0), content => DaemonJsonEdit.SetText(content, EngineDirectives.StorageDriver, driver));
        foreach (ConfigurationSource flag in flags.Select(flag => flag.Source).Distinct())
        {
            changed = ConfigurationChange.Apply(changed, flag, content => isInFile
                ? FlagEdit.Remove(content, flag.Line, EngineDirectives.StorageDriver, _ => true)
                : FlagEdit.Set(content, flag.Line, EngineDirectives.StorageDriver, driver));
        }

        Confirm(now, changed, driver);
        return ConfigurationChange.Between(files, changed, now.ConfigurationFile);
    }

    private static IEnumerable<(string Name, ByteString Value)> Others(EngineConfiguration configuration) => configuration.Settings
        .Where(setting => setting.Name != EngineDirectives.StorageDriver).Select(setting => (setting.Name, setting.Value));

    private static bool HasDriver(EngineConfigurationFiles files, BytePath path) =>
        files[path].State == ConfigurationFileState.Read && DaemonJson.Read(path, files[path].Content.Span).Directives.ContainsKey(EngineDirectives.StorageDriver);

    /// <summary>The changed files are read again: nothing else that names a driver, such as DOCKER_DRIVER, may win, and no other setting may differ.</summary>
    private static void Confirm(EngineConfiguration now, EngineConfigurationFiles changed, string driver)
    {
        EngineConfiguration then = EngineConfiguration.Resolve(changed);
        if (then.StorageDriver is not { } setting || setting.Value != ByteString.FromText(driver))
            throw new ConfigurationEditException(then.StorageDriver?.Source ?? default, $"this place would still decide the storage driver{(then.StorageDriver is { } other ? $": {other.Value}" : "")}.");
        if (!Others(now).SequenceEqual(Others(then)))
            throw new ConfigurationEditException(setting.Source, "the driver cannot be changed here without changing another setting.");
    }
}
