namespace Overlay2.Storage.KernelTests.Simulation;

internal enum LiveCall
{
    MakeDirectory,
    Write,
    Create,
    Read,
    Truncate,
    MakeSymbolicLink,
    Link,
    Unlink,
    RemoveDirectory,
    Rename,
    Exchange,
    RenameNoReplace,
    ChangeMode,
    ChangeOwner,
    SetTimes,
    SetAttribute,
    GetAttribute,
    ListAttributes,
    RemoveAttribute,
    ReadDirectory,
    Stat,
    Hold,
    ReadHeld,
    ReadLink,
}
