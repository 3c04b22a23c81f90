using Overlay2.Storage.Bytes;
using Overlay2.Storage.Hosts;
using Overlay2.Storage.Engines.OverlayDriver;

namespace Overlay2.Storage.Diagnosis.Rules;

/// <summary>Elements of a <c>lower</c> file that are no short name: what OVL0104 and OVL0105 have in common.</summary>
internal abstract class LowerElementRule(string id) : LibraryRule(id, DiagnosisStage.Store)
{
    public override void Examine(HostView host, FindingSink findings)
    {
        foreach (HostDriverStore view in findings.OpenDriverStores(host))
        {
            foreach (OverlayDriverLayer layer in view.Needed)
            {
                if (layer.NamesLayersById || !layer.Lower.HasContent || IsPlain(layer.Lower.Content.Span) || !TryFind(layer, out ByteString found))
                    continue;
                string path = layer.Directory.Combine(OverlayDriverNames.Lower).ToString();
                findings.Report(
                    FindingStatus.Confirmed, FindingSubject.Of(layer), Message, $"lower:{layer.Id}",
                    new FindingEvidence(path, $"the element \"{found}\" is no short name"), StoreEvidence.Expected(path, view.Store.GetExpectedLower(layer.Id)));
            }
        }
    }

    protected abstract string Message { get; }

    /// <summary>Whether an element that is no short name is this rule's.</summary>
    protected abstract bool IsOurs(ByteString element);

    /// <summary>Whether an element is the link directory itself: what the engine writes for a layer whose link file is empty.</summary>
    protected static bool IsLinkDirectory(ByteString element) => element.Span.SequenceEqual("l"u8) || element.Span.SequenceEqual("l/"u8);

    /// <summary>Whether a file holds short names only, as nearly all do; allocates nothing.</summary>
    private static bool IsPlain(ReadOnlySpan<byte> lower)
    {
        foreach (Range range in lower.Split((byte)':'))
        {
            ReadOnlySpan<byte> element = lower[range];
            if (!element.StartsWith(OverlayDriverNames.LowerPrefix) || !OverlayDriverNames.IsShortName(element[OverlayDriverNames.LowerPrefix.Length..]))
                return false;
        }

        return true;
    }

    private bool TryFind(OverlayDriverLayer layer, out ByteString found)
    {
        foreach (ByteString element in layer.GetLowerElements())
        {
            found = element;
            if (!OverlayDriverNames.TryGetShortName(element, out _) && IsOurs(element))
                return true;
        }

        found = default;
        return false;
    }
}
