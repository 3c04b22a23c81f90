namespace Overlay2.Storage.KernelTests.Podman;

/// <summary>Tests that share one Podman: <c>[Collection(PodmanCollection.Name)]</c>, and <see cref="SharedPodman"/> in the constructor.</summary>
[CollectionDefinition(Name)]
public sealed class PodmanCollection : ICollectionFixture<SharedPodman>
{
    public const string Name = "podman";
}
