namespace Overlay2.Storage.KernelTests.Engine;

/// <summary>Tests that share one engine, started by the first that asks: <c>[Collection(EngineCollection.Name)]</c>, and <see cref="SharedEngine"/> in the constructor.</summary>
[CollectionDefinition(Name)]
public sealed class EngineCollection : ICollectionFixture<SharedEngine>
{
    public const string Name = "engine";
}
