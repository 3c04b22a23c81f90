using System.Collections.Immutable;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Kernel;

namespace Overlay2.Storage.MountOptions;

/// <content>What the file systems allow, what the mount leaves in upper and work, and what mountinfo shows.</content>
internal sealed partial class OptionResolver
{
    /// <summary>Whether all layers that have inodes of their own in the overlay are on one file system; data-only ones have none.</summary>
    private bool IsOneFileSystem
    {
        get
        {
            IEnumerable<LayerPath> layers = _lowers.Where(l => l.Role == LayerRole.Lower);
            if (HasUpper)
                layers = layers.Append(_upper!.Value);
            return layers.Select(l => Directory(l).FileSystem.Id).Distinct().Count() == 1;
        }
    }

    private string MarkPrefix => _userXattr ? "user.overlay." : "trusted.overlay.";

    /// <summary>Features go when a file system cannot hold what they need.</summary>
    private LinuxError FileSystemLimits()
    {
        if (HasUpper && !HoldsMarks(Directory(_upper!.Value).FileSystem))
        {
            Change("upper-without-xattr", $"The file system of {_upper.Value.Path} does not hold overlay marks: features that need them are off.");
            if (_redirect.Value == RedirectMode.On)
                _redirect.Value = RedirectMode.NoFollow;
            _metacopy.Value = _index.Value = _nfsExport.Value = false;
        }

        // Without index and without redirects a lower that its UUID does not tell apart gives no numbers that last (Linux 6.18, tried
        // with an overlay as the lower and every setting of index, redirect_dir, metacopy and nfs_export).
        if (HasUpper && _xino.Value == XinoMode.Auto && !_index.Value && _redirect.Value != RedirectMode.On && _lowers.Exists(l => !Directory(l).FileSystem.HasUuid))
            _xino.Value = XinoMode.Off;

        if (!_lowers.Exists(l => !Directory(l).FileSystem.HasFileHandles))
            return LinuxError.OK;
        if (_index.Value || _nfsExport.Value)
        {
            Change("lower-without-handles", "A lower file system has no file handles: index and nfs_export are off.");
            _index.Value = _nfsExport.Value = false;
        }

        if (HasUpper && _xino.Value == XinoMode.Auto)
            _xino.Value = XinoMode.Off;
        return LinuxError.OK;
    }

    private bool HoldsMarks(LayerFileSystem fileSystem) => _userXattr ? fileSystem.HasUserXattr : fileSystem.HasTrustedXattr;

    /// <summary>The kernel empties the work directory; if it cannot, it mounts without writing.</summary>
    private void WorkCleaned()
    {
        if (!HasUpper || Directory(_work!.Value).IsCleanable)
            return;
        Change("work-not-cleanable", $"{_work.Value.Path}/work cannot be emptied by the kernel: the mount is read-only.");
        _isReadOnly = true;
        _index.Value = _nfsExport.Value = false;
    }

    /// <summary>An upper that was never mounted gets a UUID of its own; one that was mounted without keeps none.</summary>
    private void DecideUuid()
    {
        if (_uuid.Value == UuidMode.Off && !IsOneFileSystem && Has(OverlayFeatures.UuidAttribute))
        {
            Change("uuid-off-several-file-systems", "uuid=off needs all layers on one file system: uuid=null is used.");
            _uuid.Value = UuidMode.Null;
        }

        if (!HasUpper || !Has(OverlayFeatures.UuidAttribute) || _uuid.Value is UuidMode.Off or UuidMode.Null)
            return;

        LayerDirectory upper = Directory(_upper!.Value);
        if (HasMark(upper, "uuid"))
            return;
        bool isMade = (_uuid.Value == UuidMode.On || !HasMark(upper, "impure")) && HoldsMarks(upper.FileSystem);
        _uuid.Value = isMade ? UuidMode.On : UuidMode.Null;
    }

    private bool HasMark(LayerDirectory directory, string mark) =>
        directory.Marks.Contains(ByteString.FromText(MarkPrefix + mark));

    private ImmutableArray<ByteString> UpperMarks()
    {
        if (!HasUpper)
            return [];
        LayerDirectory upper = Directory(_upper!.Value);
        var marks = new SortedSet<ByteString>(upper.Marks);
        if (_index.Value)
            marks.Add(ByteString.FromText(MarkPrefix + "origin"));
        if (_uuid.Value == UuidMode.On && Has(OverlayFeatures.UuidAttribute))
            marks.Add(ByteString.FromText(MarkPrefix + "uuid"));
        return [.. marks];
    }

    private ImmutableArray<BytePath> WorkEntries()
    {
        if (!HasUpper)
            return [];
        var entries = ImmutableArray.CreateBuilder<BytePath>();
        if (_index.Value || Directory(_work!.Value).HasIndex)
            entries.Add(new BytePath("index"u8));
        entries.Add(new BytePath("work"u8));
        if (_fsync == FsyncMode.Volatile && !_isReadOnly)
        {
            entries.Add(new BytePath("work/incompat"u8));
            entries.Add(new BytePath("work/incompat/volatile"u8));
            entries.Add(new BytePath("work/incompat/volatile/dirty"u8));
        }

        return entries.ToImmutable();
    }

    /// <summary>Every option that differs from the module's default.</summary>
    private ImmutableArray<ByteString> Shown()
    {
        var shown = ImmutableArray.CreateBuilder<ByteString>();
        void Show(bool condition, string text)
        {
            if (condition)
                shown.Add(ByteString.FromText(text));
        }

        Show(_defaultPermissions, "default_permissions");
        if (_hasContext)
            Show(_redirect.Value != DefaultRedirect, "redirect_dir=" + Text(_redirect.Value));
        else
            Show(_redirectText is not null && _redirectText != (_profile.IsOn("redirect_dir") ? "on" : "off"), "redirect_dir=" + _redirectText);
        Show(_index.Value != _profile.IsOn("index"), "index=" + Text(_index.Value));
        Show(_uuid.Value != UuidMode.Auto, "uuid=" + Text(_uuid.Value));
        Show(_nfsExport.Value != _profile.IsOn("nfs_export"), "nfs_export=" + Text(_nfsExport.Value));
        Show(_xino.Value != DefaultXino && !IsOneFileSystem, "xino=" + Text(_xino.Value));
        Show(_metacopy.Value != _profile.IsOn("metacopy"), "metacopy=" + Text(_metacopy.Value));
        if (Has(OverlayFeatures.FsyncMode))
            Show(_fsync != FsyncMode.Auto, "fsync=" + Text(_fsync));
        else
            Show(_fsync == FsyncMode.Volatile, "volatile");
        Show(_userXattr, "userxattr");
        Show(_verity.Value != VerityMode.Off, "verity=" + Text(_verity.Value));
        return shown.ToImmutable();
    }

    private static string Text(bool value) => value ? "on" : "off";

    private static string Text<T>(T value)
        where T : struct, Enum => value.ToString().ToLowerInvariant();
}
