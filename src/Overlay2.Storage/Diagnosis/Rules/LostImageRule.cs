using System.Globalization;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Engines.Docker;
using Overlay2.Storage.Hosts;

namespace Overlay2.Storage.Diagnosis.Rules;

/// <summary>OVL0118: the engine takes a name away before it takes the image.</summary>
internal sealed class LostImageRule() : LibraryRule(FindingIds.LostImage, DiagnosisStage.Store)
{
    private const int MostSingle = 16;
    private const int MostShown = 8;
    private static readonly BytePath s_repositories = BytePath.FromText("image/overlay2/repositories.json");
    private static readonly BytePath s_images = BytePath.FromText("image/overlay2/imagedb/content/sha256");

    public override void Examine(HostView host, FindingSink findings)
    {
        foreach (HostStore view in findings.OpenStores(host))
        {
            if (view.Store is not DockerClassicStore store)
                continue;
            IGrouping<ByteString, DockerRepositoryName>[] lost = [.. store.LostNames.GroupBy(name => name.ImageId)];
            string source = store.DataRoot.Combine(s_repositories).ToString();
            var subject = new FindingSubject(FindingSubjectKind.DataRoot, store.DataRoot.Combine(s_images));
            if (lost.Length > 1 && (store.Images.Count == 0 || lost.Length > MostSingle))
            {
                findings.Report(
                    FindingStatus.Confirmed, subject, string.Create(CultureInfo.InvariantCulture, $"The records of {lost.Length} images are gone; their names are still there."), $"images:{subject.Path}",
                    [.. lost.Take(MostShown).Select(image => new FindingEvidence(source, $"{Names(image)} is the image {image.Key}"))]);
                continue;
            }

            foreach (IGrouping<ByteString, DockerRepositoryName> image in lost)
            {
                findings.Report(
                    FindingStatus.Confirmed, subject with { Id = image.Key, Name = image.First().Name.ToString() }, $"The record of the image {Names(image)} is gone; the name is still there.", $"image:{subject.Path}:{image.Key}",
                    new FindingEvidence(source, image.Key.IsEmpty ? $"{Names(image)} is no image" : $"{Names(image)} is the image {image.Key}"),
                    new FindingEvidence(subject.Path.ToString(), "there is no record of it; which layers it needs is not known, so none of the layer database is called unused"));
            }
        }
    }

    private static string Names(IEnumerable<DockerRepositoryName> names) => string.Join(", ", names.Take(MostShown).Select(name => name.Name));
}
