using System.Globalization;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Overlay2.Storage.Interop;

namespace Overlay2.Storage.Repair.Programs;

/// <summary>What a program writes to a pipe: its beginning is kept, and the rest counted.</summary>
internal sealed class BoundedOutput(SafeFileHandle pipe, int mostBytes) : IDisposable
{
    private readonly byte[] _buffer = new byte[1 << 16];
    private readonly MemoryStream _kept = new();
    private long _cut;

    /// <summary>Whether more may come.</summary>
    public bool IsOpen { get; private set; } = true;

    /// <summary>What is waited for.</summary>
    public PollDescriptor Descriptor => new() { File = IsOpen ? (int)pipe.DangerousGetHandle() : -1, Events = PollEvents.In };

    /// <summary>Takes what is there.</summary>
    public void Read(PollEvents happened)
    {
        if (happened == PollEvents.None)
            return;
        if (!LibC.TryRead(pipe, _buffer, out int count, out _) || count == 0)
        {
            IsOpen = false;
            return;
        }

        int kept = (int)Math.Min(count, mostBytes - _kept.Length);
        _kept.Write(_buffer, 0, kept);
        _cut += count - kept;
    }

    /// <summary>What is kept, and how much is not.</summary>
    public override string ToString() =>
        Encoding.UTF8.GetString(_kept.GetBuffer(), 0, (int)_kept.Length) + (_cut == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"... (cut: {_cut} bytes more)"));

    public void Dispose() => pipe.Dispose();
}
