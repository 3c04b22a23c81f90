using System.Text;
using Overlay2.Storage.Kernel;

namespace Overlay2.Storage.MountOptions;

/// <content>Each option by itself: known or not, its value, the directory it names.</content>
internal sealed partial class OptionResolver
{
    /// <summary>The value of redirect_dir as it was given: kernels without file system context show it as it was.</summary>
    private string? _redirectText;

    private LinuxError ReadOptions()
    {
        foreach (OverlayOption option in _options.Options)
        {
            LinuxError error = ReadOption(option);
            if (error != LinuxError.OK)
                return error;
        }

        return LinuxError.OK;
    }

    private LinuxError ReadOption(OverlayOption option)
    {
        string name = Encoding.Latin1.GetString(option.Name.Span);
        string? value = option.Value is { } bytes ? Encoding.Latin1.GetString(bytes.Span) : null;
        return (name, value) switch
        {
            ("lowerdir" or "upperdir" or "workdir" or "lowerdir+" or "datadir+", not null) => ReadLayers(option, name),

            ("redirect_dir", "on") when Has(OverlayFeatures.RedirectDir) => Redirect(RedirectMode.On, value),
            ("redirect_dir", "follow") when Has(OverlayFeatures.RedirectFollow) => Redirect(RedirectMode.Follow, value),
            ("redirect_dir", "nofollow") when Has(OverlayFeatures.RedirectFollow) => Redirect(RedirectMode.NoFollow, value),
            ("redirect_dir", "off") when Has(OverlayFeatures.RedirectDir) => Redirect(RedirectOff, value),
            ("index", "on" or "off") when Has(OverlayFeatures.Index) => Set(ref _index, value == "on"),
            ("nfs_export", "on" or "off") when Has(OverlayFeatures.NfsExport) => Set(ref _nfsExport, value == "on"),
            ("metacopy", "on" or "off") when Has(OverlayFeatures.Metacopy) => Set(ref _metacopy, value == "on"),

            ("xino", "off") when Has(OverlayFeatures.Xino) => Set(ref _xino, XinoMode.Off),
            ("xino", "auto") when Has(OverlayFeatures.Xino) => Set(ref _xino, XinoMode.Auto),
            ("xino", "on") when Has(OverlayFeatures.Xino) => Set(ref _xino, XinoMode.On),

            ("uuid", "off") when Has(OverlayFeatures.UuidOff) => Set(ref _uuid, UuidMode.Off),
            ("uuid", "on") when Has(OverlayFeatures.UuidAttribute) => Set(ref _uuid, UuidMode.On),
            ("uuid", "on") when Has(OverlayFeatures.UuidOff) => Set(ref _uuid, UuidMode.Auto),
            ("uuid", "null") when Has(OverlayFeatures.UuidAttribute) => Set(ref _uuid, UuidMode.Null),
            ("uuid", "auto") when Has(OverlayFeatures.UuidAttribute) => Set(ref _uuid, UuidMode.Auto),

            ("verity", "off") when Has(OverlayFeatures.Verity) => Set(ref _verity, VerityMode.Off),
            ("verity", "on") when Has(OverlayFeatures.Verity) => Set(ref _verity, VerityMode.On),
            ("verity", "require") when Has(OverlayFeatures.Verity) => Set(ref _verity, VerityMode.Require),

            ("fsync", "auto") when Has(OverlayFeatures.FsyncMode) => Fsync(FsyncMode.Auto),
            ("fsync", "strict") when Has(OverlayFeatures.FsyncMode) => Fsync(FsyncMode.Strict),
            ("fsync", "volatile") when Has(OverlayFeatures.FsyncMode) => Fsync(FsyncMode.Volatile),
            ("volatile", null) when Has(OverlayFeatures.Volatile) => Fsync(FsyncMode.Volatile),

            ("userxattr", null) when Has(OverlayFeatures.UserXattr) => Switch(out _userXattr, true),
            ("default_permissions", null) => Switch(out _defaultPermissions, true),
            ("override_creds", null) when Has(OverlayFeatures.OverrideCredentials) => Switch(out _overrideCredentials, true),
            ("nooverride_creds", null) when Has(OverlayFeatures.OverrideCredentials) => Switch(out _overrideCredentials, false),

            _ => Refuse(LinuxError.EINVAL, "unknown-option", $"This kernel does not know the option {option}."),
        };
    }

    private bool Has(OverlayFeature feature) => _profile.Supports(feature);

    private LinuxError Redirect(RedirectMode mode, string text)
    {
        _redirectText = text;
        return Set(ref _redirect, mode);
    }

    private static LinuxError Set<T>(ref Setting<T> setting, T value)
    {
        setting = Setting<T>.Given(value);
        return LinuxError.OK;
    }

    private LinuxError Fsync(FsyncMode mode)
    {
        _fsync = mode;
        return LinuxError.OK;
    }

    private static LinuxError Switch(out bool flag, bool value)
    {
        flag = value;
        return LinuxError.OK;
    }
}
