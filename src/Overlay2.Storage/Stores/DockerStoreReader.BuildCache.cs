namespace Overlay2.Storage.Stores;

internal sealed partial class DockerStoreReader
{
    private static List<DockerBuildCacheRecord> ReadBuildCache() => [];
}
