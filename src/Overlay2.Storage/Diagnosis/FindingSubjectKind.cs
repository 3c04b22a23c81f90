namespace Overlay2.Storage.Diagnosis;

/// <summary>What a finding is about.</summary>
public enum FindingSubjectKind
{
    /// <summary>The host as a whole.</summary>
    Host,

    /// <summary>A mount; the path is its mount point.</summary>
    Mount,

    /// <summary>The directory that a storage driver owns.</summary>
    DriverHome,

    /// <summary>An engine's root directory.</summary>
    DataRoot,

    /// <summary>A layer's directory; the id is its name.</summary>
    Layer,

    /// <summary>A link of the driver's directory <c>l</c>; the id is its name.</summary>
    ShortLink,

    /// <summary>An entry of the layer database; the id is the chain id.</summary>
    ImageLayer,

    /// <summary>A container; the id is its id.</summary>
    Container,

    /// <summary>A file system, by a directory on it.</summary>
    FileSystem,

    /// <summary>The configuration of an engine; the path is the file.</summary>
    Configuration,

    /// <summary>The kernel.</summary>
    Kernel,

    /// <summary>A line of a log; the path is the first that the line names.</summary>
    Log,

    /// <summary>The directory beside a driver home that repairs move layers to.</summary>
    Quarantine,
}
