namespace Overlay2.Storage.Configuration;

/// <summary>What is wrong with an engine's configuration.</summary>
public enum EngineProblemKind
{
    /// <summary>A directive is given both as a flag and in the configuration file; the engine refuses that, also when both are equal.</summary>
    SetTwice,

    /// <summary>The configuration file is not the JSON that the engine reads.</summary>
    InvalidFile,

    /// <summary>A directive of the configuration file has a value of a wrong type.</summary>
    WrongType,

    /// <summary>The configuration file has a directive that the engine does not know.</summary>
    UnknownDirective,

    /// <summary>A key stands twice in the configuration file; the last one counts, silently.</summary>
    DuplicateKey,

    /// <summary>The command line has a flag that the engine does not know, or a flag with a bad or missing value.</summary>
    InvalidFlag,

    /// <summary>An option of the storage driver was removed from the engine.</summary>
    RemovedOption,

    /// <summary>The storage driver does not know an option, or its value is malformed.</summary>
    UnknownOption,

    /// <summary>A quota is asked for on a file system that has none.</summary>
    QuotaUnsupported,

    /// <summary>The storage driver was removed from the engine.</summary>
    RemovedDriver,

    /// <summary>The storage driver is deprecated.</summary>
    DeprecatedDriver,

    /// <summary>The engine has no such storage driver, or the host cannot carry it.</summary>
    UnsupportedDriver,

    /// <summary>The backing file system does not report the type of directory entries.</summary>
    NoEntryTypes,

    /// <summary>Several drivers left a store, and none is chosen.</summary>
    SeveralStores,

    /// <summary>No driver is chosen and overlay2 cannot work here, so the engine silently takes another one.</summary>
    SilentFallback,

    /// <summary>The service unit cannot start the engine as written.</summary>
    InvalidUnit,

    /// <summary>The environment variable <c>DOCKER_DRIVER</c> overrides the driver that the configuration names.</summary>
    OverriddenByEnvironment,

    /// <summary>A file that the configuration names could not be read, so the answer is incomplete.</summary>
    Unreadable,

    /// <summary>The image store and the storage driver, or the remapping of users, that are chosen do not go together.</summary>
    ImageStoreConflict,

    /// <summary>Users are to be remapped, and the one who is named has no subordinate ids.</summary>
    NoSubordinateIds,
}
