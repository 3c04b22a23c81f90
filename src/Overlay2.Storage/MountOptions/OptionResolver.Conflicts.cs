using Overlay2.Storage.Kernel;

namespace Overlay2.Storage.MountOptions;

/// <content>Options that need or exclude one another. What was given beats what is a default of the module; two that were given are refused.</content>
internal sealed partial class OptionResolver
{
    /// <summary>Without an upper nothing is indexed, synced or redirected; following is then all that redirect_dir=on does.</summary>
    private LinuxError NoUpper()
    {
        if (HasUpper)
            return LinuxError.OK;

        if (_work is not null)
            Ignore("work-without-upper", "workdir has no effect without upperdir.");
        if (_index is { IsExplicit: true, Value: true })
        {
            Ignore("index-without-upper", "index=on has no effect without upperdir.");
            _index.IsExplicit = false;
        }

        _index.Value = false;
        if (_fsync == FsyncMode.Volatile)
        {
            Ignore("volatile-without-upper", "volatile has no effect without upperdir.");
            _fsync = FsyncMode.Auto;
        }

        if (_redirect.Value == RedirectMode.Follow)
            _redirect.Value = RedirectMode.On;
        UuidWithoutUpper();
        return LinuxError.OK;
    }

    private void UuidWithoutUpper()
    {
        if (!Has(OverlayFeatures.UuidAttribute))
        {
            _uuid.Value = UuidMode.Auto;
        }
        else if (_uuid.Value == UuidMode.On || (_uuid.Value == UuidMode.Off && !Has(OverlayFeatures.UuidOffShownWithoutUpper)))
        {
            Ignore("uuid-without-upper", "A mount without upperdir has no UUID: uuid=null is used.");
            _uuid.Value = UuidMode.Null;
        }
    }

    /// <summary>Before verity stood for itself it switched metacopy on.</summary>
    private LinuxError VerityNeedsMetacopy()
    {
        if (_verity.Value == VerityMode.Off || _metacopy.Value || Has(OverlayFeatures.VerityWithoutMetacopy))
            return LinuxError.OK;
        if (_metacopy.IsExplicit)
            return Refuse(LinuxError.EINVAL, "verity-needs-metacopy", "verity and metacopy=off exclude one another in this kernel.");

        Change("verity-implies-metacopy", "verity switches metacopy on in this kernel.");
        _metacopy = Setting<bool>.Given(true);
        return LinuxError.OK;
    }

    /// <summary>A moved file without own data finds its data by a redirect.</summary>
    private LinuxError MetacopyNeedsRedirect()
    {
        if (!_metacopy.Value || _redirect.Value == RedirectMode.On)
            return LinuxError.OK;
        if (_metacopy.IsExplicit && _redirect.IsExplicit)
            return Refuse(LinuxError.EINVAL, "metacopy-needs-redirect", $"metacopy=on and redirect_dir={_redirectText} exclude one another.");

        if (_redirect.IsExplicit)
        {
            Change("redirect-switches-metacopy-off", $"redirect_dir={_redirectText} switches the module's default metacopy=on off.");
            _metacopy.Value = false;
        }
        else
        {
            Change("metacopy-implies-redirect", "metacopy=on switches redirect_dir on.");
            _redirect.Value = RedirectMode.On;
        }

        return LinuxError.OK;
    }

    /// <summary>A file handle is decoded through the index; without an upper, through the path, which a redirect would break.</summary>
    private LinuxError NfsExportNeedsIndex()
    {
        if (!_nfsExport.Value || _index.Value)
            return LinuxError.OK;

        if (!HasUpper && _redirect.Value != RedirectMode.NoFollow)
        {
            Change("nfs-export-needs-nofollow", "Without upperdir nfs_export needs redirect_dir=nofollow: it is switched off.");
            _nfsExport.Value = false;
        }
        else if (!_index.IsExplicit)
        {
            if (!HasUpper)
                return LinuxError.OK;
            Change("nfs-export-implies-index", "nfs_export=on switches index on.");
            _index.Value = true;
        }
        else if (_nfsExport.IsExplicit)
        {
            return Refuse(LinuxError.EINVAL, "nfs-export-needs-index", "nfs_export=on and index=off exclude one another.");
        }
        else
        {
            Change("index-switches-nfs-export-off", "index=off switches the module's default nfs_export=on off.");
            _nfsExport.Value = false;
        }

        return LinuxError.OK;
    }

    /// <summary>A file handle cannot stand for a file whose data is elsewhere.</summary>
    private LinuxError NfsExportOrMetacopy()
    {
        if (!_nfsExport.Value || !_metacopy.Value)
            return LinuxError.OK;
        if (_nfsExport.IsExplicit && _metacopy.IsExplicit)
            return Refuse(LinuxError.EINVAL, "nfs-export-excludes-metacopy", "nfs_export=on and metacopy=on exclude one another.");

        if (_metacopy.IsExplicit || _verity.Value != VerityMode.Off)
        {
            Change("metacopy-switches-nfs-export-off", "metacopy=on, given or needed by verity, switches nfs_export=on off.");
            _nfsExport.Value = false;
        }
        else
        {
            Change("nfs-export-switches-metacopy-off", "nfs_export=on switches the module's default metacopy=on off.");
            _metacopy.Value = false;
        }

        return LinuxError.OK;
    }

    /// <summary>Anyone may set user.* attributes, so marks that point elsewhere are not believed.</summary>
    private LinuxError UserXattrLimits()
    {
        if (!_userXattr)
            return LinuxError.OK;
        if (_redirect.IsExplicit && _redirect.Value != RedirectMode.NoFollow)
            return Refuse(LinuxError.EINVAL, "userxattr-excludes-redirect", $"userxattr and redirect_dir={_redirectText} exclude one another.");
        if (_metacopy is { IsExplicit: true, Value: true })
            return Refuse(LinuxError.EINVAL, "userxattr-excludes-metacopy", "userxattr and metacopy=on exclude one another.");

        if (_redirect.Value != RedirectMode.NoFollow || _metacopy.Value)
            Change("userxattr-implies-nofollow", "userxattr sets redirect_dir=nofollow and metacopy=off.");
        _redirect.Value = RedirectMode.NoFollow;
        _metacopy.Value = false;
        return LinuxError.OK;
    }

    private LinuxError DataLayersNeedMetacopy() =>
        _metacopy.Value || Has(OverlayFeatures.DataOnlyWithoutMetacopy) || !_lowers.Exists(l => l.Role == LayerRole.Data)
            ? LinuxError.OK
            : Refuse(LinuxError.EINVAL, "data-layers-need-metacopy", "Data-only layers need metacopy=on in this kernel.");
}
