using Overlay2.Storage.Interop;

namespace Overlay2.Storage.Repair.Hosts;

internal sealed partial class LinuxEntries
{
    public bool HasAttribute(StorePlace place, EntryAttribute attribute)
    {
        using Opened entry = OpenEntry(place, OpenFlags.ReadOnly | OpenFlags.NonBlock | OpenFlags.NoFollow);
        if (entry.Error.IsError)
            throw new IOException($"{place}: {entry.Reason}");
        return LibC.TryGetInodeFlags(entry.File, out uint flags, out Errno error) ? (flags & FlagOf(attribute)) != 0 : throw new IOException($"{place}: {error}");
    }

    public HostResult SetAttribute(StorePlace place, EntryAttribute attribute, bool isSet)
    {
        using Opened entry = OpenEntry(place, OpenFlags.ReadOnly | OpenFlags.NonBlock | OpenFlags.NoFollow);
        if (entry.Error.IsError)
            return new HostResult($"{place}: {entry.Reason}");
        if (!LibC.TryGetInodeFlags(entry.File, out uint flags, out Errno error))
            return HostResult.Failed(place.FullPath, error);
        error = LibC.SetInodeFlags(entry.File, isSet ? flags | FlagOf(attribute) : flags & ~FlagOf(attribute));
        if (!error.IsError)
            error = LibC.Synchronize(entry.File);
        return error.IsError ? HostResult.Failed(place.FullPath, error) : HostResult.Done;
    }

    // The same numbers as those of statx(2).
    private static uint FlagOf(EntryAttribute attribute) => (uint)(attribute == EntryAttribute.Immutable ? FileStatus.ImmutableAttribute : FileStatus.AppendOnlyAttribute);
}
