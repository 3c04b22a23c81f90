using System.Globalization;
using System.Runtime.InteropServices;

namespace Overlay2.Storage.Mounts;

/// <summary>A line that mount(8) did not print.</summary>
/// <param name="LineNumber">The number of the line; the first line is 1.</param>
/// <param name="ByteOffset">Where the line starts in the text, in bytes.</param>
/// <param name="Reason">What is missing.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct MountListingError(int LineNumber, int ByteOffset, MountListingErrorReason Reason)
{
    /// <summary>The error as one English sentence.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"mount listing line {LineNumber}, byte {ByteOffset}: {ReasonText(Reason)}.");

    private static string ReasonText(MountListingErrorReason reason) => reason switch
    {
        MountListingErrorReason.NoMountPoint => "\" on /\" is missing",
        MountListingErrorReason.NoType => "\" type NAME (\" behind the mount point is missing",
        _ => "the line does not end with \")\" or \") [LABEL]\"",
    };
}
