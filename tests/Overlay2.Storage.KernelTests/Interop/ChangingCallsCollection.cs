namespace Overlay2.Storage.KernelTests.Interop;

/// <summary>Tests that disturb the native calls of the whole process: never beside another test.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class ChangingCallsCollection
{
    public const string Name = "changing calls";
}
