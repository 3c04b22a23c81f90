using Overlay2.Storage.Bytes;
using Overlay2.Storage.Interop;

namespace Overlay2.Storage.Repair.Hosts;

internal sealed partial class LinuxEntries
{
    /// <summary>The root directories of the stores of a run, open from its start to its end, so that no other directory can have their inodes.</summary>
    private Dictionary<BytePath, RootedDirectory>? _held;

    /// <summary>From now on, the root directories of some stores have to stay the ones that they are, and no other store is touched.</summary>
    /// <param name="stores">The directories on the host.</param>
    /// <param name="run">What else ends with the run.</param>
    /// <returns>The end of the run.</returns>
    public IDisposable Hold(IEnumerable<BytePath> stores, IDisposable run)
    {
        _held = [];
        foreach (BytePath store in stores)
        {
            if (TryOpenRoot(store, out RootedDirectory? root, out _))
                _held.Add(store, root!);
        }

        return new Run(this, run);
    }

    private bool IsHeld(BytePath store, RootedDirectory found) =>
        _held!.TryGetValue(store, out RootedDirectory? held) && held.TryIdentify(out FileStatus meant) && found.TryIdentify(out FileStatus seen)
        && (meant.DeviceMajor, meant.DeviceMinor, meant.Inode, meant.MountId) == (seen.DeviceMajor, seen.DeviceMinor, seen.Inode, seen.MountId);

    private sealed class Run(LinuxEntries entries, IDisposable others) : IDisposable
    {
        public void Dispose()
        {
            foreach (RootedDirectory root in entries._held!.Values)
                root.Dispose();
            entries._held = null;
            others.Dispose();
        }
    }
}
