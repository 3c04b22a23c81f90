using Microsoft.Win32.SafeHandles;

namespace Overlay2.Storage.Layers;

/// <summary>An open file with several users, closed by the last.</summary>
internal sealed class SharedHandle(SafeFileHandle file) : IDisposable
{
    private int _users = 1;

    public SafeFileHandle File { get; } = file;

    /// <summary>One more user, who disposes it too. Only while another one has it.</summary>
    public SharedHandle Share()
    {
        Interlocked.Increment(ref _users);
        return this;
    }

    public void Dispose()
    {
        if (Interlocked.Decrement(ref _users) == 0)
            File.Dispose();
    }
}
