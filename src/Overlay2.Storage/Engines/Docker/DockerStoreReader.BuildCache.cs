using Overlay2.Storage.Bytes;
using Overlay2.Storage.Engines.Bolt;

namespace Overlay2.Storage.Engines.Docker;

internal sealed partial class DockerStoreReader
{
    private List<DockerBuildCacheRecord> ReadBuildCache() => ReadDatabase(Tree, DataRoot, DockerNames.BuildCacheSnapshots, ReadSnapshots) ?? [];

    /// <summary>One bucket for each snapshot, named by its key.</summary>
    private List<DockerBuildCacheRecord> ReadSnapshots(BoltBucket root)
    {
        List<DockerBuildCacheRecord> records = [];
        foreach (BoltEntry entry in root.Entries())
        {
            CancellationToken.ThrowIfCancellationRequested();
            if (entry.Bucket is not { } snapshot)
                continue;

            ByteString parent = default;
            ByteString committed = default;
            ByteString chainId = default;
            foreach (BoltEntry member in snapshot.Entries())
            {
                if (member.Key.Span.SequenceEqual("parent"u8))
                    parent = new ByteString(member.Value.Span);
                else if (member.Key.Span.SequenceEqual("committed"u8))
                    committed = new ByteString(member.Value.Span);
                else if (member.Key.Span.SequenceEqual("chainid"u8))
                    chainId = new ByteString(member.Value.Span);
            }

            records.Add(new DockerBuildCacheRecord(new ByteString(entry.Key.Span), parent, committed, chainId));
        }

        return records;
    }
}
