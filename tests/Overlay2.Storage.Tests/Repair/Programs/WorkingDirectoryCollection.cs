namespace Overlay2.Storage.Tests.Repair.Programs;

/// <summary>Tests that change what the whole process has: they run alone.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public static class WorkingDirectoryCollection
{
    public const string Name = "working directory";
}
