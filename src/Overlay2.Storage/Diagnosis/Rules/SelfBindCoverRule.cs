using Overlay2.Storage.Hosts;

namespace Overlay2.Storage.Diagnosis.Rules;

/// <summary>OVL0001.</summary>
internal sealed class SelfBindCoverRule() : CoverRule(FindingIds.SelfBindCover, isForeign: false)
{
    protected override string Describe(CoverPile pile) =>
        $"A bind of {pile.MountPoint} on itself hides {pile.Hidden.Length} mounts below it. Nothing is lost; remove no container while it is there, since that deletes the container's files.";
}
