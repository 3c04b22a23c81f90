namespace Overlay2.Storage.Bytes;

/// <summary>Which bytes the kernel writes as octal escapes; the set depends on the field.</summary>
/// <remarks>Source: proc_pid_mountinfo(5) and proc_pid_mounts(5); each set was seen on Linux 6.18.</remarks>
public enum OctalEscapeSet
{
    /// <summary>Root and mount point: space, tab, newline and backslash.</summary>
    Path,

    /// <summary>File system type and source: as <see cref="Path"/>, and <c>#</c>.</summary>
    Source,

    /// <summary>Values of super options: as <see cref="Path"/>, and the comma.</summary>
    Option,
}
