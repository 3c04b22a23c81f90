using Overlay2.Storage.Kernel;
using Overlay2.Storage.MountOptions;
using Overlay2.Storage.Simulation.Backing;
using Overlay2.Storage.Simulation.Merging;

namespace Overlay2.Storage.Simulation;

/// <summary>Answers file operations on an overlay as Linux does, without a kernel: errno, values, and what lands below.</summary>
/// <remarks>
/// <para>One method per system call. Paths are relative to the root of the overlay; the empty path is the root. Every call is made
/// as <see cref="Caller"/> under <see cref="Umask"/>.</para>
/// <para>Source: Documentation/filesystems/overlayfs.rst, the man pages of the calls, and recordings of real kernels.
/// Not thread-safe.</para>
/// </remarks>
public sealed partial class OverlaySimulator
{
    private readonly Journal _journal;
    private readonly SimulationClock _clock;
    private readonly VfsSettings _settings;
    private readonly JournaledMap<int, OpenFile> _files;
    private readonly JournaledMap<int, FileMapping> _mappings;
    private OverlayMount _mount;
    private int _nextDescriptor = 3;

    internal OverlaySimulator(OverlayMount mount, SimulationClock clock, Journal journal, VfsSettings settings, EffectiveOptions effective)
    {
        _mount = mount;
        _clock = clock;
        _journal = journal;
        _settings = settings;
        Effective = effective;
        _files = new JournaledMap<int, OpenFile>(journal);
        _mappings = new JournaledMap<int, FileMapping>(journal);
    }

    /// <summary>Who makes the calls.</summary>
    public Credentials Caller { get; set; } = Credentials.Root;

    /// <summary>The umask of the caller.</summary>
    public int Umask { get; set; } = 0x12;

    /// <summary>What the mount options came to.</summary>
    public EffectiveOptions Effective { get; }

    internal OverlayMount Mount => _mount;

    /// <summary>What a call would answer, with nothing changed afterwards.</summary>
    /// <typeparam name="T">The kind of answer.</typeparam>
    /// <param name="operation">One or more calls on this simulator.</param>
    /// <returns>What <paramref name="operation"/> returned.</returns>
    public T Preview<T>(Func<OverlaySimulator, T> operation)
    {
        ArgumentNullException.ThrowIfNull(operation);
        SimulatorSnapshot snapshot = TakeSnapshot();
        try
        {
            return operation(this);
        }
        finally
        {
            Restore(snapshot);
        }
    }

    /// <summary>Marks the present state, in constant time, for <see cref="Restore"/>.</summary>
    public SimulatorSnapshot TakeSnapshot() => new(this, _journal.Mark(), _mount, _nextDescriptor);

    /// <summary>Takes back everything since a snapshot; the cost is that of the changes taken back. The snapshot is used up.</summary>
    /// <param name="snapshot">The newest snapshot that was not restored or dropped yet.</param>
    public void Restore(SimulatorSnapshot snapshot)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        snapshot.Use(this);
        _journal.Undo(snapshot.Mark);
        _mount = snapshot.Mount;
        _nextDescriptor = snapshot.NextDescriptor;
        _mount.Effects.Clear();
    }

    /// <summary>Keeps what happened since a snapshot and gives the snapshot up.</summary>
    /// <param name="snapshot">The newest snapshot that was not restored or dropped yet.</param>
    public void Drop(SimulatorSnapshot snapshot)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        snapshot.Use(this);
        _journal.Keep();
    }

    private OperationResult Finish(LinuxError error)
    {
        var result = new OperationResult(error, _mount.Effects.Take());
        _clock.NextOperation();
        return result;
    }

    private OperationResult<T> Finish<T>(LinuxError error, T value)
    {
        var result = new OperationResult<T>(error, value, _mount.Effects.Take());
        _clock.NextOperation();
        return result;
    }

    private LinuxError FindFile(int descriptor, bool acceptsPathOnly, out OpenFile file)
    {
        file = null!;
        if (!_files.TryGetValue(descriptor, out OpenFile? found) || (found.IsPathOnly && !acceptsPathOnly))
            return LinuxError.EBADF;
        file = found;
        return LinuxError.OK;
    }
}
