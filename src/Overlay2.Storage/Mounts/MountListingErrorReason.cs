namespace Overlay2.Storage.Mounts;

/// <summary>Why a line is none that mount(8) prints.</summary>
public enum MountListingErrorReason
{
    /// <summary>There is no <c> on </c> with an absolute path behind it.</summary>
    NoMountPoint,

    /// <summary>There is no <c> type NAME (</c> behind the mount point.</summary>
    NoType,

    /// <summary>The line does not end with the parenthesis of the options, or with a label behind it.</summary>
    NoOptions,
}
