using System.Globalization;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Hosts;
using Overlay2.Storage.Engines;
using Overlay2.Storage.Engines.OverlayDriver;

namespace Overlay2.Storage.Diagnosis.Rules;

/// <summary>OVL0110.</summary>
internal sealed class LinkDirectoryRule() : LibraryRule(FindingIds.LostShortLinks, DiagnosisStage.Store)
{
    public override void Examine(HostView host, FindingSink findings)
    {
        foreach (HostDriverStore view in findings.OpenDriverStores(host))
        {
            if (!IsWiped(view))
                continue;
            BytePath path = view.Store.DriverHome.Combine(OverlayDriverNames.Links);
            bool isHealed = view.Store.Engine.RemakesShortLinks;
            findings.Report(
                isHealed ? FindingSeverity.Warning : Descriptor.Severity, FindingStatus.Confirmed, new FindingSubject(FindingSubjectKind.DriverHome, view.Store.DriverHome),
                $"The short links of all layers are gone: {(isHealed ? "the engine makes them again at the next mount of a container" : "no container starts")}.", $"links:{view.Store.DriverHome}",
                new FindingEvidence(path.ToString(), view.Store.ShortLinkDirectory == StoreEntryType.Directory ? "the directory is empty" : $"there is no such directory ({view.Store.ShortLinkDirectory})"),
                new FindingEvidence(view.Store.DriverHome.ToString(), string.Create(CultureInfo.InvariantCulture, $"link and lower files use {view.UsedNames.Count} names")));
        }
    }

    /// <summary>Whether several names are used and none of them is there.</summary>
    public static bool IsWiped(HostDriverStore view) =>
        view.Store.ShortLinkDirectory != StoreEntryType.Unknown && view.UsedNames.Count > 1 && !view.UsedNames.Keys.Any(name => view.Store.TryGetShortLink(name, out _));
}
