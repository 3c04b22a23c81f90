namespace Overlay2.Storage.Configuration;

/// <summary>What a configuration's command line was taken from.</summary>
public enum EngineCommandOrigin
{
    /// <summary>From nothing: no command line is known, only the configuration file counts.</summary>
    None,

    /// <summary>From the running engine.</summary>
    Process,

    /// <summary>From the service unit.</summary>
    Unit,

    /// <summary>From the files of variables that start scripts are known to read; there is no unit that would say so.</summary>
    AssumedFiles,
}
