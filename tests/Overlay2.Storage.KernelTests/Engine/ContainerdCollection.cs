namespace Overlay2.Storage.KernelTests.Engine;

/// <summary>Tests that share one containerd, started by the first that asks: <c>[Collection(ContainerdCollection.Name)]</c>, and <see cref="SharedContainerd"/> in the constructor.</summary>
[CollectionDefinition(Name)]
public sealed class ContainerdCollection : ICollectionFixture<SharedContainerd>
{
    public const string Name = "containerd";
}
