using System.Collections.Immutable;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Kernel;

namespace Overlay2.Storage.MountOptions;

/// <content>What the file systems allow, what the mount leaves in upper and work, and what mountinfo shows.</content>
internal sealed partial class OptionResolver
{
    /// <summary>Whether all layers that have inodes of their own in the overlay are on one file system; data-only ones have none.</summary>
    public bool IsOneFileSystem
    {
        get
        {
            IEnumerable<LayerPath> layers = _lowers.Where(l => l.Role == LayerRole.Lower);
            if (HasUpper)
                layers = layers.Append(_upper!.Value);
            return layers.Select(l => Directory(l).FileSystem.Id).Distinct().Count() == 1;
        }
    }

    private string MarkPrefix => Values.UserXattr ? "user.overlay." : "trusted.overlay.";

    /// <summary>Features go when a file system cannot hold what they need.</summary>
    private LinuxError FileSystemLimits()
    {
        if (HasUpper && !HoldsMarks(Directory(_upper!.Value).FileSystem))
        {
            Change("upper-without-xattr", $"The file system of {_upper.Value.Path} does not hold overlay marks: features that need them are off.");
            Values = Values with
            {
                Redirect = Values.Redirect == RedirectMode.On ? RedirectMode.NoFollow : Values.Redirect,
                Metacopy = false,
                Index = false,
                NfsExport = false,
            };
        }

        // Without index and without redirects a lower that its UUID does not tell apart gives no numbers that last (Linux 6.18, tried
        // with an overlay as the lower and every setting of index, redirect_dir, metacopy and nfs_export).
        if (HasUpper && Values.Xino == XinoMode.Auto && !Values.Index && Values.Redirect != RedirectMode.On && _lowers.Exists(l => !Directory(l).FileSystem.HasUuid))
            Values = Values with { Xino = XinoMode.Off };

        if (!_lowers.Exists(l => !Directory(l).FileSystem.HasFileHandles))
            return LinuxError.OK;
        if (Values.Index || Values.NfsExport)
        {
            Change("lower-without-handles", "A lower file system has no file handles: index and nfs_export are off.");
            Values = Values with { Index = false, NfsExport = false };
        }

        if (HasUpper && Values.Xino == XinoMode.Auto)
            Values = Values with { Xino = XinoMode.Off };
        return LinuxError.OK;
    }

    private bool HoldsMarks(LayerFileSystem fileSystem) => Values.UserXattr ? fileSystem.HasUserXattr : fileSystem.HasTrustedXattr;

    /// <summary>The kernel empties the work directory; if it cannot, it mounts without writing.</summary>
    private void WorkCleaned()
    {
        if (!HasUpper || Directory(_work!.Value).IsCleanable)
            return;
        Change("work-not-cleanable", $"{_work.Value.Path}/work cannot be emptied by the kernel: the mount is read-only.");
        Values = Values with { IsReadOnly = true, Index = false, NfsExport = false };
    }

    /// <summary>An upper that was never mounted gets a UUID of its own; one that was mounted without keeps none.</summary>
    private void DecideUuid()
    {
        if (Values.Uuid == UuidMode.Off && !IsOneFileSystem && Has(OverlayFeatures.UuidAttribute))
        {
            Change("uuid-off-several-file-systems", "uuid=off needs all layers on one file system: uuid=null is used.");
            Values = Values with { Uuid = UuidMode.Null };
        }

        if (!HasUpper || !Has(OverlayFeatures.UuidAttribute) || Values.Uuid is UuidMode.Off or UuidMode.Null)
            return;

        LayerDirectory upper = Directory(_upper!.Value);
        if (HasMark(upper, "uuid"))
            return;
        bool isMade = (Values.Uuid == UuidMode.On || !HasMark(upper, "impure")) && HoldsMarks(upper.FileSystem);
        Values = Values with { Uuid = isMade ? UuidMode.On : UuidMode.Null };
    }

    private bool HasMark(LayerDirectory directory, string mark) =>
        directory.Marks.Contains(ByteString.FromText(MarkPrefix + mark));

    private ImmutableArray<ByteString> UpperMarks()
    {
        if (!HasUpper)
            return [];
        LayerDirectory upper = Directory(_upper!.Value);
        var marks = new SortedSet<ByteString>(upper.Marks);
        if (Values.Index)
            marks.Add(ByteString.FromText(MarkPrefix + "origin"));
        if (Values.Uuid == UuidMode.On && Has(OverlayFeatures.UuidAttribute))
            marks.Add(ByteString.FromText(MarkPrefix + "uuid"));
        return [.. marks];
    }

    private ImmutableArray<BytePath> WorkEntries()
    {
        if (!HasUpper)
            return [];
        var entries = ImmutableArray.CreateBuilder<BytePath>();
        if (Values.Index || Directory(_work!.Value).HasIndex)
            entries.Add(new BytePath("index"u8));
        entries.Add(new BytePath("work"u8));
        if (Values.Fsync == FsyncMode.Volatile && !Values.IsReadOnly)
        {
            entries.Add(new BytePath("work/incompat"u8));
            entries.Add(new BytePath("work/incompat/volatile"u8));
            entries.Add(new BytePath("work/incompat/volatile/dirty"u8));
        }

        return entries.ToImmutable();
    }
}
