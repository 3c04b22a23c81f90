namespace Overlay2.Storage.Mounts;

/// <summary>Why a mount table could not be loaded.</summary>
public enum MountTableFailure
{
    /// <summary>Reading failed for a reason not listed here; the message names the kernel's error.</summary>
    ReadFailed,

    /// <summary>There is no such file.</summary>
    NotFound,

    /// <summary>There is no such process, or it ended before the table was read.</summary>
    ProcessGone,

    /// <summary>The file may not be read.</summary>
    AccessDenied,

    /// <summary>The path is a directory.</summary>
    IsDirectory,

    /// <summary>The text is longer than <see cref="MountTableLoadOptions.MaxBytes"/>, or does not fit in what is left of <see cref="MountNamespaceScannerOptions.MaxTotalBytes"/>.</summary>
    TooLarge,

    /// <summary>The table changed during each of <see cref="MountTableLoadOptions.MaxReads"/> strict reads.</summary>
    KeepsChanging,

    /// <summary>The system is not Linux.</summary>
    NotLinux,
}
