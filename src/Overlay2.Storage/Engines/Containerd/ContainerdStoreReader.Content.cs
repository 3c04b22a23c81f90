using Overlay2.Storage.Bytes;
using Overlay2.Storage.Engines.Files;

namespace Overlay2.Storage.Engines.Containerd;

// Whether the content store has what images and leases name.
internal sealed partial class ContainerdStoreReader
{
    private List<ContainerdContent> ReadContents(ContainerdMetadata metadata)
    {
        SortedSet<ByteString> digests = [.. metadata.Images.Select(image => image.Digest), .. metadata.Leases.SelectMany(lease => lease.ContentDigests), .. metadata.ContentRecords.Select(record => record.Digest)];
        List<ContainerdContent> contents = [];
        StoreProblem? first = null;
        foreach (ByteString digest in digests)
        {
            CancellationToken.ThrowIfCancellationRequested();

            // What has not the form of a digest could be a path that leads elsewhere.
            if (!ContainerdDigest.TryGetBlob(digest, places.Blobs, out BytePath blob))
                continue;
            contents.Add(new ContainerdContent(digest, LookAt(blob, out StoreProblem? problem)));
            first ??= problem;
        }

        // Where one blob cannot be looked at the others mostly can't either: the directory is a link, or may not be entered.
        if (first is not null)
            Report(first);
        return contents;
    }

    private ContainerdContentState LookAt(BytePath blob, out StoreProblem? problem)
    {
        problem = null;
        if (trees.Root is not { } root)
            return ContainerdContentState.NotKnown;
        if (root.TryGetStatus(blob, out FileTreeStatus status, out problem))
            return status.Type == StoreEntryType.RegularFile ? ContainerdContentState.Present : ContainerdContentState.Missing;
        bool isMissing = problem.Reason == StoreProblemReason.NotFound;
        problem = isMissing ? null : problem;
        return isMissing ? ContainerdContentState.Missing : ContainerdContentState.NotKnown;
    }
}
