using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.Diagnosis.Rules;

/// <summary>OVL0105.</summary>
internal sealed class MalformedLowerRule() : LowerElementRule(FindingIds.MalformedLower)
{
    protected override string Message => "The lower file holds something else than short names: the layer cannot be mounted, or shows something else.";

    protected override bool IsOurs(ByteString element) => !IsLinkDirectory(element);
}
