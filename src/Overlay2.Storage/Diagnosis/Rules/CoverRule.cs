using System.Collections.Immutable;
using System.Globalization;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Hosts;
using Overlay2.Storage.Mounts;

namespace Overlay2.Storage.Diagnosis.Rules;

/// <summary>Mounts that hide others below an engine's root directory: what OVL0001 and OVL0002 have in common.</summary>
internal abstract class CoverRule(string id, bool isForeign) : LibraryRule(id, DiagnosisStage.Topology)
{
    private const int MostHiddenShown = 16;
    private const int MostFilesShown = 4;

    public override void Examine(HostView host, FindingSink findings)
    {
        if (!findings.TryGetMounts(host, out HostMounts? mounts))
            return;

        HashSet<BytePath> seen = [];
        foreach (DriverHome home in host.Homes)
        {
            if (home.UnclearCount > 0)
                findings.Suspend(string.Create(CultureInfo.InvariantCulture, $"whether {home.UnclearCount} mounts below {home.DataRoot} are hidden: the table lacks a mount that they are on"));
            foreach (CoverPile pile in home.Covers)
            {
                if (pile.IsForeign == isForeign && seen.Add(pile.MountPoint))
                    Report(host, findings, pile, mounts);
            }
        }
    }

    /// <summary>What is wrong, in one sentence.</summary>
    protected abstract string Describe(CoverPile pile);

    private void Report(HostView host, FindingSink findings, CoverPile pile, HostMounts mounts)
    {
        var evidence = ImmutableArray.CreateBuilder<FindingEvidence>();
        foreach (MountEntry cover in pile.Covers)
        {
            string what = mounts.Table.GetParent(cover) switch
            {
                null => "what it is on is not in the table",
                { } below when HostMounts.IsSelfBind(cover, below) => "it shows the directory that it is on",
                _ => "it shows another directory than the one that it is on",
            };
            evidence.Add(FindingEvidence.Of(cover, what));
        }

        foreach (MountEntry hidden in pile.Hidden.Take(MostHiddenShown))
            evidence.Add(FindingEvidence.Of(hidden, hidden.MountPoint.StartsWith(pile.MountPoint) ? "hidden: a path to it ends in the covering mount" : "its layers are hidden: they are older and below the covering mount"));
        if (pile.Hidden.Length > MostHiddenShown)
            evidence.Add(new FindingEvidence("mountinfo", string.Create(CultureInfo.InvariantCulture, $"{pile.Hidden.Length - MostHiddenShown} more mounts are hidden")));
        evidence.AddRange(pile.OpenFiles.Take(MostFilesShown).Select(file => new FindingEvidence(
            file.Path.ToString(), string.Create(CultureInfo.InvariantCulture, $"the engine has it open in mount {file.MountId}; the path leads to another mount now"))));
        findings.Report(
            pile.IsSure && pile.OpenFiles.IsEmpty ? FindingStatus.Confirmed : FindingStatus.Suspected, FindingSubject.Of(pile.Covers[0]), Describe(pile), pile.CauseKey, evidence.ToImmutable());
    }
}
