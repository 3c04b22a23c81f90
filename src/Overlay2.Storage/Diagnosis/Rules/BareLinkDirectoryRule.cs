using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.Diagnosis.Rules;

/// <summary>OVL0104.</summary>
internal sealed class BareLinkDirectoryRule() : LowerElementRule(FindingIds.BareLinkDirectory)
{
    protected override string Message =>
        "A layer below is lost to this one: a mount of it succeeds and shows the driver's link directory in its place.";

    protected override bool IsOurs(ByteString element) => IsLinkDirectory(element);
}
