namespace Overlay2.Storage.KernelTests.Layers;

/// <summary>Tests that look at the memory of the whole process: never beside another test.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class MemoryCollection
{
    public const string Name = "memory";
}
