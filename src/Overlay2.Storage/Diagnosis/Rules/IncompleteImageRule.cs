using System.Globalization;
using Overlay2.Storage.Engines;
using Overlay2.Storage.Engines.Containerd;
using Overlay2.Storage.Hosts;

namespace Overlay2.Storage.Diagnosis.Rules;

/// <summary>OVL0124. Where much is lost at once, that is one loss.</summary>
internal sealed class IncompleteImageRule() : LibraryRule(FindingIds.IncompleteImage, DiagnosisStage.Store)
{
    private const int MostSingle = 16;
    private const int MostShown = 8;

    public override void Examine(HostView host, FindingSink findings)
    {
        foreach (HostStore view in findings.OpenStores(host))
        {
            // A pull writes its record last; while the databases are written to nothing of the store is of one moment.
            if (view.Store is not ContainerdSnapshotStore store || store.ReadProblems.Any(problem => problem.Reason == StoreProblemReason.Changed))
                continue;
            IReadOnlyList<ContainerdImageContent> incomplete = store.FindIncompleteImages();
            if (incomplete.Count > 1 && (incomplete.Count == store.Images.Count || incomplete.Count > MostSingle))
            {
                findings.Report(
                    FindingStatus.Confirmed, new FindingSubject(FindingSubjectKind.DataRoot, store.DataRoot),
                    string.Create(CultureInfo.InvariantCulture, $"Of {incomplete.Count} of {store.Images.Count} images content is gone: they cannot be unpacked, pushed or run anew. Containers on them go on."), $"content:{store.DataRoot}",
                    [.. incomplete.Take(MostShown).Select(Evidence)]);
                continue;
            }

            foreach (ContainerdImageContent image in incomplete)
            {
                findings.Report(
                    FindingStatus.Confirmed, new FindingSubject(FindingSubjectKind.DataRoot, store.MetadataPath) { Id = image.Image.Digest, Name = image.Image.Name.ToString() },
                    $"Content of the image {image.Image.Namespace}/{image.Image.Name} is gone: it cannot be unpacked, pushed or run anew. Containers on it go on.", $"content:{store.DataRoot}:{image.Image.Namespace}/{image.Image.Name}", Evidence(image));
            }
        }
    }

    private static FindingEvidence Evidence(ContainerdImageContent image) => new($"image {image.Image.Namespace}/{image.Image.Name}", $"there is no file of its blob {image.Missing}");
}
