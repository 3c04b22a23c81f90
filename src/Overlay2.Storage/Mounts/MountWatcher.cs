using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Overlay2.Storage.Interop;

namespace Overlay2.Storage.Mounts;

/// <summary>Tells how mount tables change while they change: one waiting thread for any number of watches.</summary>
/// <remarks>
/// <para>Thread-safe. The thread sleeps in poll(2) until the kernel announces a change, and costs nothing until then. Where the
/// kernel names the mounts that come and go (fanotify(7) on mount namespaces, Linux 6.15, privileged), only those are asked for; a
/// full look follows soon, for what remounts may have changed beside them.</para>
/// <para>Source: proc_pid_mounts(5) on poll(2), fanotify(7), and experiments on Linux 6.18.</para>
/// </remarks>
public sealed class MountWatcher : IDisposable
{
    private static readonly TimeSpan s_quiet = TimeSpan.FromMilliseconds(200);

    private readonly MountWatcherOptions _options;
    private readonly SafeFileHandle _wakeFile;
    private readonly Lock _lock = new();
    private readonly List<MountWatch> _added = [];
    private Thread? _thread;
    private bool _isDisposed;

    /// <summary>Makes a watcher; its thread starts with the first watch.</summary>
    /// <param name="options">How it works; <see cref="MountWatcherOptions.Default"/> if not given.</param>
    /// <exception cref="PlatformNotSupportedException">The system is not Linux.</exception>
    /// <exception cref="IOException">The kernel gives no more files.</exception>
    public MountWatcher(MountWatcherOptions? options = null)
    {
        if (!OperatingSystem.IsLinux())
            throw new PlatformNotSupportedException("Mounts are watched on Linux only.");
        _options = options ?? MountWatcherOptions.Default;
        if (!LibC.TryOpenEvent(out _wakeFile, out Errno error))
            throw new IOException($"No file to wake the watcher with ({error}).");
    }

    /// <summary>Reads a table and watches it from then on: no change between the two is lost.</summary>
    /// <param name="source">Whose table: the file of it must be one of /proc, else nothing is ever announced.
    /// <see cref="MountTableSource.Self"/> is the calling thread's, whichever thread reads the changes.</param>
    /// <returns>The watch, to be disposed.</returns>
    /// <exception cref="MountTableException">The table can not be read.</exception>
    /// <exception cref="ObjectDisposedException">The watcher is disposed.</exception>
    public MountWatch Watch(MountTableSource source)
    {
        ArgumentNullException.ThrowIfNull(source);
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        var watch = new MountWatch(this, source.Text, _options);
        lock (_lock)
        {
            if (_isDisposed)
            {
                watch.Watched.Dispose();
                throw new ObjectDisposedException(nameof(MountWatcher));
            }

            _added.Add(watch);
            if (_thread is null)
            {
                _thread = new Thread(Run) { IsBackground = true, Name = "mount watcher" };
                _thread.Start();
            }
        }

        Wake();
        return watch;
    }

    /// <summary>Ends all watches and the thread.</summary>
    public void Dispose()
    {
        Thread? thread;
        lock (_lock)
        {
            if (_isDisposed)
                return;
            _isDisposed = true;
            thread = _thread;
        }

        if (thread is null)
        {
            _wakeFile.Dispose();
            return;
        }

        Wake();
        thread.Join();
    }

    internal void Wake()
    {
        try
        {
            LibC.SignalEvent(_wakeFile);
        }
        catch (ObjectDisposedException)
        {
            // The thread has ended, and with it all watches.
        }
    }

    private void Run()
    {
        var watches = new List<MountWatch>();
        var files = new List<PollDescriptor>();
        byte[] wakes = new byte[sizeof(ulong)];
        while (TakeAdded(watches))
        {
            RemoveEnded(watches);
            files.Clear();
            files.Add(Descriptor(_wakeFile, PollEvents.In));
            foreach (MountWatch watch in watches)
                AddFiles(files, watch);

            LibC.Poll(CollectionsMarshal.AsSpan(files), GetTimeout(watches));
            if (files[0].Happened != PollEvents.None)
                LibC.TryRead(_wakeFile, wakes, out _, out _);
            for (int i = 0; i < watches.Count; i++)
                Advance(watches[i], isAnnounced: (files[2 * i + 1].Happened | files[2 * i + 2].Happened) != PollEvents.None);
        }

        foreach (MountWatch watch in watches)
        {
            watch.End(failure: null);
            watch.Watched.Dispose();
        }

        _wakeFile.Dispose();
    }

    /// <summary>Two for each watch. One that is going to look need not be told more: what happens meanwhile stays announced.</summary>
    private static void AddFiles(List<PollDescriptor> files, MountWatch watch)
    {
        var none = new PollDescriptor { File = -1 };
        bool isGoingToLook = watch.LookAt is not null;
        files.Add(isGoingToLook ? none : Descriptor(watch.Watched.TextFile, PollEvents.Priority));
        files.Add(isGoingToLook || watch.Watched.EventFile is not { } events ? none : Descriptor(events, PollEvents.In));
    }

    /// <summary>Until the first look that is due; -1 if there is none.</summary>
    private int GetTimeout(List<MountWatch> watches)
    {
        long? first = null;
        foreach (MountWatch watch in watches)
        {
            if ((watch.LookAt ?? watch.FullLookAt) is { } at)
                first = Math.Min(first ?? at, at);
        }

        if (first is not { } due)
            return -1;
        double milliseconds = (due - _options.TimeProvider.GetTimestamp()) * 1000.0 / _options.TimeProvider.TimestampFrequency;
        return (int)Math.Clamp(Math.Ceiling(milliseconds), 0, int.MaxValue);
    }

    private void Advance(MountWatch watch, bool isAnnounced)
    {
        long now = _options.TimeProvider.GetTimestamp();
        if (isAnnounced)
            watch.LookAt = Math.Max(now + Ticks(_options.Debounce), watch.NotBefore);
        if (watch.LookAt <= now)
            Look(watch, isFull: watch.FullLookAt <= now);
        else if (watch.LookAt is null && watch.FullLookAt <= now)
            Look(watch, isFull: true);
    }

    /// <summary>Whether to go on.</summary>
    private bool TakeAdded(List<MountWatch> watches)
    {
        lock (_lock)
        {
            watches.AddRange(_added);
            _added.Clear();
            return !_isDisposed;
        }
    }

    private static void RemoveEnded(List<MountWatch> watches)
    {
        for (int i = watches.Count - 1; i >= 0; i--)
        {
            if (!watches[i].IsEnded)
                continue;
            watches[i].Watched.Dispose();
            watches.RemoveAt(i);
        }
    }

    private void Look(MountWatch watch, bool isFull)
    {
        long start = _options.TimeProvider.GetTimestamp();
        try
        {
            watch.Watched.Update(isFull);
        }
        catch (MountTableException e)
        {
            watch.End(e);
            return;
        }

        watch.Publish(watch.Watched.Table);
        long end = _options.TimeProvider.GetTimestamp();
        watch.NotBefore = end + (end - start) * 2;
        watch.LookAt = null;
        watch.FullLookAt = watch.Watched.HasOnlyFollowed ? watch.FullLookAt ?? Math.Max(end + Ticks(s_quiet), watch.NotBefore) : null;
    }

    private static PollDescriptor Descriptor(SafeFileHandle file, PollEvents events) =>
        new() { File = (int)file.DangerousGetHandle(), Events = events };

    private long Ticks(TimeSpan time) => (long)(time.TotalSeconds * _options.TimeProvider.TimestampFrequency);
}
