using Microsoft.Win32.SafeHandles;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Engines;
using Overlay2.Storage.Interop;

namespace Overlay2.Storage.Repair.Hosts;

internal sealed partial class LinuxEntries
{
    /// <summary>Called before each removal of an entry; for tests that stop there.</summary>
    public Action<ByteString>? PurgeCheckpoint { get; set; }

    public HostResult PurgeEntry(StorePlace place, EntryIdentity identity)
    {
        using Opened quarantine = OpenDirectoryOf(place);
        if (quarantine.Error.IsError)
            return new HostResult($"{place}: {quarantine.Reason}");
        HostResult result = identity.Type == StoreEntryType.Directory ? PurgeDirectory(quarantine.File, place, identity) : PurgeFile(quarantine.File, place, identity);
        Errno error = result.IsDone ? LibC.Synchronize(quarantine.File) : default;
        return error.IsError ? HostResult.Failed(place.FullPath, error) : result;
    }

    private HostResult PurgeDirectory(SafeFileHandle quarantine, StorePlace place, EntryIdentity identity)
    {
        ReadOnlySpan<byte> name = place.Path.FileName.Span;
        if (!LibC.TryOpenAt(quarantine, name, OpenFlags.ReadOnly | OpenFlags.Directory | OpenFlags.NoFollow, out SafeFileHandle directory, out Errno error)
            || !LibC.TryStatx(directory, StatusMask.Basic | StatusMask.MountId, out FileStatus status, out error)
            || !LibC.TryStatx(quarantine, StatusMask.Basic | StatusMask.MountId, out FileStatus above, out error))
        {
            directory.Dispose();
            return HostResult.Failed(place.FullPath, error);
        }

        if (!IsMeant(status, identity, out EntryIdentity found) || status.DeviceMajor != above.DeviceMajor || status.DeviceMinor != above.DeviceMinor || status.MountId != above.MountId)
        {
            directory.Dispose();
            return new HostResult($"{place}: there is another entry ({found}) than the one meant ({identity})");
        }

        // From here on only what is in the open directory is touched, wherever it is moved. The directory itself is empty when its name goes.
        if (TreeRemoval.Empty(directory, name => PurgeCheckpoint?.Invoke(ByteString.Wrap(name))) is { } left)
            return new HostResult(Describe(place.FullPath, left));
        error = LibC.Remove(quarantine, name, isDirectory: true);
        return error.IsError && error != Errno.ENOENT ? HostResult.Failed(place.FullPath, error) : HostResult.Done;
    }

    /// <summary>Why something is left of a directory, and what can be done.</summary>
    public static string Describe(BytePath directory, TreeRemovalFailure left)
    {
        BytePath path = directory.Combine(new BytePath(left.Path));
        return !left.Error.IsError ? $"{path} was moved meanwhile"
            : left.Error == Errno.EXDEV || left.Error == Errno.EBUSY ? $"something is mounted on {path}: {left.Error}"
            : (left.Attributes & FileStatus.ImmutableAttribute) != 0 ? $"{path} is immutable: take that from it (chattr -i), and resume"
            : (left.Attributes & FileStatus.AppendOnlyAttribute) != 0 ? $"{path} is append-only: take that from it (chattr -a), and resume"
            : $"{path}: {left.Error}";
    }

    private static HostResult PurgeFile(SafeFileHandle quarantine, StorePlace place, EntryIdentity identity)
    {
        // unlinkat(2) takes a name: that it has not been given to something else since the look is certain only for directories.
        ReadOnlySpan<byte> name = place.Path.FileName.Span;
        if (!LibC.TryStatx(quarantine, name, AtFlags.NoFollow, StatusMask.Basic, out FileStatus status, out Errno error))
            return HostResult.Failed(place.FullPath, error);
        if (!IsMeant(status, identity, out EntryIdentity found))
            return new HostResult($"{place}: there is another entry ({found}) than the one meant ({identity})");
        error = LibC.Remove(quarantine, name, isDirectory: false);
        return error.IsError ? HostResult.Failed(place.FullPath, error) : HostResult.Done;
    }

    private static bool IsMeant(in FileStatus status, EntryIdentity identity, out EntryIdentity found)
    {
        found = IdentityOf(status);
        return identity.Matches(found);
    }
}
