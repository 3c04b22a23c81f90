namespace Overlay2.Storage.Interop;

/// <summary>The namespaces that unshare(2) can make anew.</summary>
[Flags]
internal enum CloneFlags
{
    None = 0,
    FileSystem = 0x200,
    MountNamespace = 0x20000,
    UserNamespace = 0x10000000,
}
