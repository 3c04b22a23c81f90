namespace Overlay2.Storage.Configuration;

/// <summary>What kind of place a setting of the engine comes from.</summary>
public enum ConfigurationSourceKind
{
    /// <summary>Nobody set it: the engine's own default.</summary>
    Default,

    /// <summary>The engine's configuration file, by default <c>/etc/docker/daemon.json</c>.</summary>
    ConfigurationFile,

    /// <summary>The service unit or one of its drop-ins: a word of <c>ExecStart=</c> or a variable of <c>Environment=</c>.</summary>
    Unit,

    /// <summary>A file of variables that the unit reads (<c>EnvironmentFile=</c>), such as <c>/etc/sysconfig/docker-storage</c>.</summary>
    EnvironmentFile,

    /// <summary>A file of variables that start scripts are known to read, on a host without a service unit.</summary>
    AssumedEnvironmentFile,

    /// <summary>The command line or the environment of the running engine.</summary>
    Process,
}
