using System.Globalization;
using System.Text;
using Overlay2.Storage.Interop;

namespace Overlay2.Storage.KernelTests.Mounts;

/// <summary>Threads that each keep a mount namespace of their own until disposed; each starts as a copy of its creator's.</summary>
internal sealed class NamespaceThreads : IDisposable
{
    private readonly ManualResetEventSlim _end = new();
    private readonly Thread[] _threads;

    public NamespaceThreads(int count, Action<int> prepare)
    {
        _threads = new Thread[count];
        ThreadIds = new int[count];
        Ids = new ulong[count];
        Exception? failure = null;
        using var ready = new CountdownEvent(count);
        for (int i = 0; i < count; i++)
        {
            int index = i;
            _threads[i] = new Thread(() => Run(index), maxStackSize: 256 << 10);
            _threads[i].Start();
        }

        ready.Wait();
        if (failure is not null)
        {
            Dispose();
            throw failure;
        }

        void Run(int index)
        {
            try
            {
                Assert.Equal(default, LibC.Unshare(CloneFlags.MountNamespace));
                prepare(index);
                Assert.True(LibC.TryReadLink(LibC.CurrentDirectory, "/proc/thread-self"u8, out byte[] self, out _));
                ThreadIds[index] = int.Parse(Encoding.ASCII.GetString(self).Split('/')[^1], CultureInfo.InvariantCulture);
                Assert.True(LibC.TryReadLink(LibC.CurrentDirectory, "/proc/thread-self/ns/mnt"u8, out byte[] link, out _));
                Ids[index] = ulong.Parse(Encoding.ASCII.GetString(link)["mnt:[".Length..^1], CultureInfo.InvariantCulture);
            }
            catch (Exception e)
            {
                failure = e;
            }
            finally
            {
                ready.Signal();
            }

            _end.Wait();
        }
    }

    public int[] ThreadIds { get; }

    public ulong[] Ids { get; }

    public void Dispose()
    {
        _end.Set();
        foreach (Thread thread in _threads)
            thread.Join();
        _end.Dispose();
    }
}
