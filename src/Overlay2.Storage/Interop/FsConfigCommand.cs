namespace Overlay2.Storage.Interop;

/// <summary>Commands of fsconfig(2).</summary>
internal enum FsConfigCommand
{
    SetFlag = 0,
    SetString = 1,
    SetFile = 5,
    Create = 6,
}
