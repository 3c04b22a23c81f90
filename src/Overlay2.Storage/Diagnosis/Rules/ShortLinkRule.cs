using Overlay2.Storage.Bytes;
using Overlay2.Storage.Hosts;
using Overlay2.Storage.Engines;
using Overlay2.Storage.Engines.OverlayDriver;

namespace Overlay2.Storage.Diagnosis.Rules;

/// <summary>OVL0102. Where the layer itself is gone or all links are, that is the finding.</summary>
internal sealed class ShortLinkRule() : LibraryRule(FindingIds.WrongShortLink, DiagnosisStage.Store)
{
    public override void Examine(HostView host, FindingSink findings)
    {
        HostDriverStore[] stores = [.. findings.OpenDriverStores(host)];
        foreach (HostDriverStore view in stores)
        {
            if (LinkDirectoryRule.IsWiped(view))
                continue;
            foreach ((ByteString name, NameUse use) in view.UsedNames)
            {
                if (FindFault(view, name) is { } fault && !view.MayBeElsewhere(name, stores))
                    Report(host, findings, view, name, use, fault);
            }
        }
    }

    /// <summary>What is wrong with a link; <see langword="null"/> for a sound one, and for one whose layer is gone.</summary>
    private static string? FindFault(HostDriverStore view, ByteString name)
    {
        OverlayDriverStore store = view.Store;
        if (store.TryGetShortLink(name, out OverlayDriverShortLink? link))
        {
            if (link.Type != StoreEntryType.SymbolicLink)
                return $"it is no symbolic link ({link.Type})";
            if (link.Target.IsEmpty)
                return null;
            if (!link.TryGetLayerId(out ByteString id))
                return $"it leads to {link.Target}, which is no layer";

            // A layer whose own link file is damaged is the fault of that file.
            if (store.TryGetLayer(id, out OverlayDriverLayer? layer))
            {
                return layer.TryGetShortName(out ByteString own) && own != name && FindLayer(view, name) is { } rightful && rightful != id
                    ? $"it leads to the layer {id}, whose short name is {own}"
                    : null;
            }

            return FindLayer(view, name) is { } expected && store.TryGetLayer(expected, out _) ? $"it leads to {link.Target}, which is not there, instead of the layer {expected}"
                : view.IsRecorded(id) ? null
                : $"it leads to {link.Target}, which is not there";
        }

        if (store.ShortLinkDirectory == StoreEntryType.Unknown)
            return null;
        return FindLayer(view, name) is { } lost && !store.TryGetLayer(lost, out _) && view.IsRecorded(lost) ? null : "it is missing";
    }

    /// <summary>The layer that the rest of the store gives a name; <see langword="null"/> if it says nothing, or contradicts itself.</summary>
    private static ByteString? FindLayer(HostDriverStore view, ByteString name)
    {
        ExpectedValue target = view.Store.GetExpectedShortLinkTarget(name);
        return target.Status == ExpectedValueStatus.Known && OverlayDriverNames.TryGetLinkedLayer(new BytePath(target.Value), out ByteString id) ? id : null;
    }

    private void Report(HostView host, FindingSink findings, HostDriverStore view, ByteString name, NameUse use, string fault)
    {
        BytePath path = view.LinkPath(name);

        bool isHealed = view.Store.Engine.RemakesShortLinks && !view.Store.TryGetShortLink(name, out _) && FindLayer(view, name) is not null;
        findings.Report(
            isHealed ? FindingSeverity.Warning : Descriptor.Severity, FindingStatus.Confirmed, new FindingSubject(FindingSubjectKind.ShortLink, path) { Id = name },
            $"The short link {name} does not lead to its layer: {(isHealed ? "the engine makes it again at the next mount of a container above it" : "containers above it do not start")}.", $"short-link:{name}",
            new FindingEvidence(path.ToString(), fault),
            new FindingEvidence(use.File.ToString(), $"the file names {name}"),
            StoreEvidence.Expected(path.ToString(), view.Store.GetExpectedShortLinkTarget(name)));
    }
}
