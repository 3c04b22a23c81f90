using System.Globalization;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Overlay2.Storage.Interop;
using Overlay2.Storage.KernelTests.Engine;

namespace Overlay2.Storage.KernelTests.Repair;

/// <summary>Somebody who mounts, unmounts, renames and swaps links at a driver home, in its mount namespace, at random and until told to stop.</summary>
internal sealed class MountRival
{
    private readonly FaultyNamespace _place;
    private readonly Thread _thread;
    private readonly Random _random;
    private readonly string _scratch;
    private readonly List<string> _sources = [];
    private readonly Stack<string> _onHome = [];
    private readonly Stack<string> _onRoot = [];
    private Exception? _failure;
    private volatile bool _isStopping;

    public MountRival(FaultyNamespace place, int seed)
    {
        _place = place;
        _random = new Random(seed);
        _scratch = place.Scratch.ToString();
        string link = string.Create(CultureInfo.InvariantCulture, $"/proc/{place.ProcessId}/ns/mnt");
        _thread = new Thread(() =>
        {
            try
            {
                Assert.Equal(default, LibC.Unshare(CloneFlags.FileSystem));
                Assert.True(LibC.TryOpen(Encoding.UTF8.GetBytes(link), OpenFlags.ReadOnly, out SafeFileHandle file, out Errno error), error.ToString());
                using (file)
                    Assert.Equal(default, LibC.EnterMountNamespace(file));
                Directory.CreateDirectory($"{_scratch}/decoy/overlay2");
                Mount($"{_scratch}/decoy/overlay2");
                Started.Set();
                Wait();
                while (!_isStopping)
                    Act();
            }
            catch (Exception e)
            {
                _failure = e;
                Started.Set();
            }
        });
    }

    /// <summary>How often it did something.</summary>
    public int Acts { get; private set; }

    /// <summary>The sources of the mounts that it made and did not unmount: all must be there.</summary>
    public IReadOnlyList<string> Sources => _sources;

    private ManualResetEventSlim Started { get; } = new();

    private bool HasStarted { get; set; }

    private string Root => $"{_scratch}/docker";

    public void Start()
    {
        _thread.Start();
        Started.Wait();
        HasStarted = true;
    }

    public void Stop()
    {
        _isStopping = true;
        if (HasStarted)
            _thread.Join();
        Started.Dispose();
        Assert.Null(_failure);
    }

    /// <summary>Takes away what it left at the driver home.</summary>
    public void UnmountAll()
    {
        foreach (string place in (string[])[Root, $"{Root}/overlay2"])
        {
            ToolRun run = _place.Shell($"while findmnt -no SOURCE --mountpoint '{place}' | tail -n 1 | grep -q '^rival-'; do umount '{place}' || exit; done");
            Assert.True(run.ExitCode == 0, run.Error + _place.Shell("cat /proc/self/mountinfo").Output);
        }
    }

    private void Act()
    {
        Acts++;
        switch (_random.Next(6))
        {
            case 0 when _onRoot.Count == 0 && _onHome.Count < 3:
                _onHome.Push(Mount($"{Root}/overlay2"));
                break;
            case 1 when _onRoot.Count == 0 && _onHome.Count > 0:
                Unmount($"{Root}/overlay2", _onHome.Pop());
                break;
            case 2 when _onRoot.Count == 0:
                _onRoot.Push(Mount(Root));
                break;
            case 3 when _onRoot.Count > 0:
                Unmount(Root, _onRoot.Pop());
                break;
            case 4 when _onRoot.Count == 0:
                Directory.Move(Root, $"{_scratch}/away");
                File.CreateSymbolicLink(Root, $"{_scratch}/decoy");
                Wait();
                File.Delete(Root);
                Directory.Move($"{_scratch}/away", Root);
                break;
            case 5 when _onRoot.Count == 0:
                Directory.Move(Root, $"{_scratch}/away");
                Directory.Move($"{_scratch}/decoy", Root);
                Wait();
                Directory.Move(Root, $"{_scratch}/decoy");
                Directory.Move($"{_scratch}/away", Root);
                break;
        }

        Wait();
    }

    private string Mount(string target)
    {
        string source = string.Create(CultureInfo.InvariantCulture, $"rival-{Acts}");
        Assert.Equal(default, LibC.Mount(Encoding.UTF8.GetBytes(source), Encoding.UTF8.GetBytes(target), "tmpfs"u8, MountFlags.None, ""u8));
        _sources.Add(source);
        return source;
    }

    private void Unmount(string target, string source)
    {
        Errno error = LibC.Unmount(Encoding.UTF8.GetBytes(target), UnmountFlags.NoFollow);

        // The other side may have a file open there for a moment.
        if (error == Errno.EBUSY)
            (target == Root ? _onRoot : _onHome).Push(source);
        else
            _sources.Remove(source);
        Assert.True(error == default || error == Errno.EBUSY, error.ToString());
    }

    private void Wait()
    {
        int pause = _random.Next(4);
        if (pause == 0)
            Thread.Sleep(_random.Next(30));
        else
            Thread.SpinWait(pause * 2000);
    }
}
