namespace Overlay2.Storage.Benchmarks.Simulator;

/// <summary>What an <see cref="Operation"/> does.</summary>
internal enum OperationKind
{
    Stat,
    Read,
    Write,
    ReadDirectory,
    MakeDirectory,
    RemoveDirectory,
    Unlink,
    Rename,
    ChangeMode,
    ChangeOwner,
    Link,
    MakeSymbolicLink,
    ReadLink,
    SetExtendedAttribute,
    GetExtendedAttribute,
    Truncate,
}
