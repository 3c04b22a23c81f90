namespace Overlay2.Storage.Simulation;

/// <summary>What an operation did to the upper and work directories, as an operator counts it.</summary>
public enum EffectKind
{
    /// <summary>A file was copied up with its data; <see cref="Effect.Bytes"/> is what was read and written.</summary>
    CopyUp,

    /// <summary>An object was copied up without data: metadata only, a link, a device, or a file that is truncated.</summary>
    MetadataCopyUp,

    /// <summary>A directory was copied up (the directory itself, not what it holds).</summary>
    DirectoryCopyUp,

    /// <summary>The data of a metacopy was copied up; <see cref="Effect.Bytes"/> is what was read and written.</summary>
    DataCopyUp,

    /// <summary>A file was synced to disk.</summary>
    Sync,

    /// <summary>A whiteout was made at the path.</summary>
    Whiteout,

    /// <summary>A mark was set; <see cref="Effect.Mark"/> is the name of the attribute.</summary>
    Mark,

    /// <summary>A hard link was broken: the other names keep showing the lower object.</summary>
    LinkBroken,

    /// <summary>The object shows another inode number from now on.</summary>
    NumberChanged,
}
