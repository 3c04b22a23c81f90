using System.Collections.Immutable;

namespace Overlay2.Storage.Mounts;

/// <summary>A difference between two mount tables, as a change of one mount.</summary>
/// <param name="Kind">What happened.</param>
/// <param name="Before">The mount as it was; <see langword="null"/> for one that was added.</param>
/// <param name="After">The mount as it is; <see langword="null"/> for one that was removed.</param>
/// <remarks>Immutable and thread-safe.</remarks>
public sealed record MountChange(MountChangeKind Kind, MountEntry? Before, MountEntry? After)
{
    /// <summary>The mount as it is, or as it was if it is gone.</summary>
    public MountEntry Mount => After ?? Before!;

    /// <summary>The net changes from one table to another: removed mounts, the latest first, then moved, remounted and added ones.</summary>
    /// <remarks>A mount is known by its unique id, if both tables have them; else by its id together with device, root, type and
    /// source, since the kernel uses ids again. A mount that was moved and remounted has two changes.</remarks>
    /// <param name="before">The older table.</param>
    /// <param name="after">The newer table, of the same namespace.</param>
    public static ImmutableArray<MountChange> Between(MountTable before, MountTable after)
    {
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(after);
        bool hasUniqueIds = HasUniqueIds(before) && HasUniqueIds(after);
        var known = new Dictionary<ulong, MountEntry>(after.Entries.Length);
        foreach (MountEntry entry in after.Entries)
            known[KeyOf(entry, hasUniqueIds)] = entry;

        var changes = ImmutableArray.CreateBuilder<MountChange>();
        var changed = new List<MountChange>();
        for (int i = before.Entries.Length - 1; i >= 0; i--)
        {
            MountEntry old = before.Entries[i];
            ulong key = KeyOf(old, hasUniqueIds);
            if (!known.TryGetValue(key, out MountEntry? now) || !(hasUniqueIds || IsSame(old, now)))
            {
                changes.Add(new MountChange(MountChangeKind.Removed, old, After: null));
                continue;
            }

            known.Remove(key);
            if (ReferenceEquals(old, now))
                continue;
            if (old.ParentId != now.ParentId || old.MountPoint != now.MountPoint)
                changed.Add(new MountChange(MountChangeKind.Moved, old, now));
            if (old.Options != now.Options || old.SuperOptions != now.SuperOptions || !HasSamePropagation(old, now))
                changed.Add(new MountChange(MountChangeKind.Remounted, old, now));
        }

        changed.Reverse();
        changes.AddRange(changed.Where(c => c.Kind == MountChangeKind.Moved));
        changes.AddRange(changed.Where(c => c.Kind == MountChangeKind.Remounted));
        foreach (MountEntry entry in after.Entries)
        {
            if (known.TryGetValue(KeyOf(entry, hasUniqueIds), out MountEntry? added) && ReferenceEquals(entry, added))
                changes.Add(new MountChange(MountChangeKind.Added, Before: null, entry));
        }

        return changes.ToImmutable();
    }

    private static bool HasUniqueIds(MountTable table) => table.Entries.All(e => e.UniqueId != 0);

    private static ulong KeyOf(MountEntry entry, bool isUnique) => isUnique ? entry.UniqueId : (uint)entry.MountId;

    private static bool IsSame(MountEntry left, MountEntry right) =>
        left.Major == right.Major && left.Minor == right.Minor && left.GetRootPath() == right.GetRootPath()
        && left.FileSystemType == right.FileSystemType && left.Source == right.Source;

    private static bool HasSamePropagation(MountEntry left, MountEntry right) =>
        left.OptionalFields.AsSpan().SequenceEqual(right.OptionalFields.AsSpan());
}
