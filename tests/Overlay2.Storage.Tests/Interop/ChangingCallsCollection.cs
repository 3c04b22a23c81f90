namespace Overlay2.Storage.Tests.Interop;

/// <summary>Tests that disturb the native calls of the whole process, or count them: never beside another test.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class ChangingCallsCollection
{
    public const string Name = "changing calls";
}
