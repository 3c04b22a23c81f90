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
        if (Values.Index && _given.Remove(KnownOptions.Index))
            Ignore("index-without-upper", "index=on has no effect without upperdir.");
        if (Values.Fsync == FsyncMode.Volatile)
        {
            Ignore("volatile-without-upper", "volatile has no effect without upperdir.");
            Values = Values with { Fsync = FsyncMode.Auto };
        }

        Values = Values with { Index = false, Redirect = Values.Redirect == RedirectMode.Follow ? RedirectMode.On : Values.Redirect };
        UuidWithoutUpper();
        return LinuxError.OK;
    }

    private void UuidWithoutUpper()
    {
        if (!Has(OverlayFeatures.UuidAttribute))
        {
            Values = Values with { Uuid = UuidMode.Auto };
        }
        else if (Values.Uuid == UuidMode.On || (Values.Uuid == UuidMode.Off && !Has(OverlayFeatures.UuidOffShownWithoutUpper)))
        {
            Ignore("uuid-without-upper", "A mount without upperdir has no UUID: uuid=null is used.");
            Values = Values with { Uuid = UuidMode.Null };
        }
    }

    /// <summary>Before verity stood for itself it switched metacopy on.</summary>
    private LinuxError VerityNeedsMetacopy()
    {
        if (Values.Verity == VerityMode.Off || Values.Metacopy || Has(OverlayFeatures.VerityWithoutMetacopy))
            return LinuxError.OK;
        if (IsGiven(KnownOptions.Metacopy))
            return Refuse(LinuxError.EINVAL, "verity-needs-metacopy", "verity and metacopy=off exclude one another in this kernel.");

        Change("verity-implies-metacopy", "verity switches metacopy on in this kernel.");
        Values = Values with { Metacopy = true };
        _given[KnownOptions.Metacopy] = "metacopy=on";
        return LinuxError.OK;
    }

    /// <summary>A moved file without own data finds its data by a redirect.</summary>
    private LinuxError MetacopyNeedsRedirect()
    {
        if (!Values.Metacopy || Values.Redirect == RedirectMode.On)
            return LinuxError.OK;
        if (IsGiven(KnownOptions.Metacopy) && IsGiven(KnownOptions.RedirectDir))
            return Refuse(LinuxError.EINVAL, "metacopy-needs-redirect", $"metacopy=on and {Given(KnownOptions.RedirectDir)} exclude one another.");

        if (IsGiven(KnownOptions.RedirectDir))
        {
            Change("redirect-switches-metacopy-off", $"{Given(KnownOptions.RedirectDir)} switches the module's default metacopy=on off.");
            Values = Values with { Metacopy = false };
        }
        else
        {
            Change("metacopy-implies-redirect", "metacopy=on switches redirect_dir on.");
            Values = Values with { Redirect = RedirectMode.On };
        }

        return LinuxError.OK;
    }

    /// <summary>A file handle is decoded through the index; without an upper, through the path, which a redirect would break.</summary>
    private LinuxError NfsExportNeedsIndex()
    {
        if (!Values.NfsExport || Values.Index)
            return LinuxError.OK;

        if (!HasUpper && Values.Redirect != RedirectMode.NoFollow)
        {
            Change("nfs-export-needs-nofollow", "Without upperdir nfs_export needs redirect_dir=nofollow: it is switched off.");
            Values = Values with { NfsExport = false };
        }
        else if (!IsGiven(KnownOptions.Index))
        {
            if (!HasUpper)
                return LinuxError.OK;
            Change("nfs-export-implies-index", "nfs_export=on switches index on.");
            Values = Values with { Index = true };
        }
        else if (IsGiven(KnownOptions.NfsExport))
        {
            return Refuse(LinuxError.EINVAL, "nfs-export-needs-index", "nfs_export=on and index=off exclude one another.");
        }
        else
        {
            Change("index-switches-nfs-export-off", "index=off switches the module's default nfs_export=on off.");
            Values = Values with { NfsExport = false };
        }

        return LinuxError.OK;
    }

    /// <summary>A file handle cannot stand for a file whose data is elsewhere.</summary>
    private LinuxError NfsExportOrMetacopy()
    {
        if (!Values.NfsExport || !Values.Metacopy)
            return LinuxError.OK;
        if (IsGiven(KnownOptions.NfsExport) && IsGiven(KnownOptions.Metacopy))
            return Refuse(LinuxError.EINVAL, "nfs-export-excludes-metacopy", "nfs_export=on and metacopy=on exclude one another.");

        if (IsGiven(KnownOptions.Metacopy) || Values.Verity != VerityMode.Off)
        {
            Change("metacopy-switches-nfs-export-off", "metacopy=on, given or needed by verity, switches nfs_export=on off.");
            Values = Values with { NfsExport = false };
        }
        else
        {
            Change("nfs-export-switches-metacopy-off", "nfs_export=on switches the module's default metacopy=on off.");
            Values = Values with { Metacopy = false };
        }

        return LinuxError.OK;
    }

    /// <summary>Anyone may set user.* attributes, so marks that point elsewhere are not believed.</summary>
    private LinuxError UserXattrLimits()
    {
        if (!Values.UserXattr)
            return LinuxError.OK;
        if (IsGiven(KnownOptions.RedirectDir) && Values.Redirect != RedirectMode.NoFollow)
            return Refuse(LinuxError.EINVAL, "userxattr-excludes-redirect", $"userxattr and {Given(KnownOptions.RedirectDir)} exclude one another.");
        if (Values.Metacopy && IsGiven(KnownOptions.Metacopy))
            return Refuse(LinuxError.EINVAL, "userxattr-excludes-metacopy", "userxattr and metacopy=on exclude one another.");

        if (Values.Redirect != RedirectMode.NoFollow || Values.Metacopy)
            Change("userxattr-implies-nofollow", "userxattr sets redirect_dir=nofollow and metacopy=off.");
        Values = Values with { Redirect = RedirectMode.NoFollow, Metacopy = false };
        return LinuxError.OK;
    }

    private LinuxError DataLayersNeedMetacopy() =>
        Values.Metacopy || Has(OverlayFeatures.DataOnlyWithoutMetacopy) || !_lowers.Exists(l => l.Role == LayerRole.Data)
            ? LinuxError.OK
            : Refuse(LinuxError.EINVAL, "data-layers-need-metacopy", "Data-only layers need metacopy=on in this kernel.");
}
