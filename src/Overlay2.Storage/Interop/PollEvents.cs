namespace Overlay2.Storage.Interop;

/// <summary>Events of poll(2).</summary>
[Flags]
internal enum PollEvents : short
{
    None = 0,
    In = 0x1,
    Priority = 0x2,
    Error = 0x8,
    HangUp = 0x10,
    Invalid = 0x20,
}
