using System.Globalization;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Engines;
using Overlay2.Storage.Hosts;

namespace Overlay2.Storage.Diagnosis.Rules;

/// <summary>OVL0126: what leads nowhere and no other rule has told of. Asked last of those that look at stores, so that no such store is called healthy.</summary>
internal sealed class DanglingRecordRule() : LibraryRule(FindingIds.DanglingRecord, DiagnosisStage.Store)
{
    private const int MostShown = 8;

    public override void Examine(HostView host, FindingSink findings)
    {
        foreach (HostStore view in findings.OpenStores(host))
        {
            if (view.Store.ReadProblems.Any(problem => problem.Reason == StoreProblemReason.Changed))
                continue;
            RecordReference[] dangling = [.. view.Store.RecordReferences.Where(reference => reference.IsDangling && !IsOfDriver(reference))];
            if (dangling.Length == 0)
                continue;
            var told = new Told(view, findings.Found);
            HashSet<ByteString> going = [.. view.Containers.Where(container => container.IsBeingRemoved).Select(container => container.Id)];
            RecordReference[] untold = [.. dangling.Where(reference => !told.Covers(reference))];
            Report(findings, view, FindingSeverity.Warning, [.. untold.Where(reference => !IsUsual(going, reference))], "is damaged where it is used: what it names is not there");
            Report(findings, view, FindingSeverity.Information, [.. untold.Where(reference => IsUsual(going, reference))], "names what is not there, as engines leave it");
        }
    }

    private static void Report(FindingSink findings, HostStore view, FindingSeverity severity, RecordReference[] references, string what)
    {
        if (references.Length == 0)
            return;
        string records = references.Length == 1 ? "A record" : string.Create(CultureInfo.InvariantCulture, $"Each of {references.Length} records");
        findings.Report(
            severity, FindingStatus.Confirmed, new FindingSubject(FindingSubjectKind.DataRoot, view.Store.DataRoot), $"{records} {what}.", $"records:{severity}:{view.Store.DataRoot}",
            [.. references.Take(MostShown).Select(reference => new FindingEvidence(reference.Source.ToString(), Tell(reference)))]);
    }

    private static string Tell(RecordReference reference) => reference.Reason switch
    {
        RecordReferenceReason.EmptyRecord => $"{reference.From} should name a {reference.To.Kind}, and what should hold the name is empty",
        RecordReferenceReason.MalformedRecord => $"{reference.From} names \"{reference.To.Id}\", which is no name of a {reference.To.Kind}",
        _ => $"{reference.From} names {reference.To}, which is not there",
    };

    /// <summary>Of short names and what is below a layer OVL0101 to OVL0113 and OVL0122 judge, who know which of them the engine needs.</summary>
    private static bool IsOfDriver(RecordReference reference) => reference.From.Kind is RecordKind.ShortLink or RecordKind.LowerElement or RecordKind.Layer;

    /// <summary>
    /// Images are removed by force below containers; leases, and the records of builds, outlive what they held; the directory of a task outlives a
    /// shim that was killed; what is being removed or made may lack anything.
    /// </summary>
    private static bool IsUsual(HashSet<ByteString> going, RecordReference reference) => (reference.From.Kind, reference.To.Kind) switch
    {
        (RecordKind.Container, RecordKind.Image) or (RecordKind.Lease, _) or (RecordKind.Task, _) or (RecordKind.BuildRecord, _) => true,
        _ => going.Contains(reference.From.Id),
    };

    /// <summary>What the findings of a store are about.</summary>
    private sealed class Told
    {
        private readonly HashSet<ByteString> _ids = [];
        private readonly HashSet<string> _files = new(StringComparer.Ordinal);
        private readonly HashSet<BytePath> _lists;
        private readonly bool _isAll;

        public Told(HostStore view, IEnumerable<Finding> found)
        {
            foreach (Finding finding in found)
            {
                if (finding.Severity < FindingSeverity.Warning || !(finding.Subject.Path.StartsWith(view.Store.DataRoot) || finding.Subject.Path.StartsWith(view.Store.DriverHome)))
                    continue;
                _ids.Add(finding.Subject.Id);
                _files.UnionWith(finding.Evidence.Select(evidence => evidence.Source));

                // Where much is lost at once, that is one finding, and what dangles is of it.
                _isAll |= finding.Id is FindingIds.MissingChain or FindingIds.LostImage or FindingIds.MissingLayerRecord or FindingIds.IncompleteImage or FindingIds.MissingMetadata && finding.Subject.Id.IsEmpty;
            }

            // A file of many records says nothing of each of them.
            _lists = [.. view.Store.RecordReferences.GroupBy(reference => reference.Source).Where(file => file.Select(reference => reference.From).Distinct().Skip(1).Any()).Select(file => file.Key)];
        }

        public bool Covers(RecordReference reference) =>
            _isAll || Has(reference.To.Id) || Has(reference.From.Id) || (!_lists.Contains(reference.Source) && _files.Contains(reference.Source.ToString()));

        private bool Has(ByteString id) => !id.IsEmpty && _ids.Contains(id);
    }
}
