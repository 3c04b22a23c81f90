using System.Runtime.InteropServices;

namespace Overlay2.Storage.Interop;

/// <summary>One file that poll(2) waits for; a negative file is passed over.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct PollDescriptor
{
    public int File;
    public PollEvents Events;
    public PollEvents Happened;
}
