namespace Overlay2.Storage.KernelTests.MountOptions;

/// <summary>Tests that change the overlay module's parameters: never beside another test.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class ModuleParametersCollection
{
    public const string Name = "module parameters";
}
