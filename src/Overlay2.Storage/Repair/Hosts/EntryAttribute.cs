namespace Overlay2.Storage.Repair.Hosts;

/// <summary>An attribute of a file that keeps it from being removed (chattr(1), ioctl_iflags(2)).</summary>
internal enum EntryAttribute
{
    /// <summary>Immutable: it cannot be changed, renamed or removed (<c>chattr +i</c>).</summary>
    Immutable,

    /// <summary>Append only (<c>chattr +a</c>).</summary>
    AppendOnly,
}
