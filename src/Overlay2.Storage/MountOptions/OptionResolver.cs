using System.Collections.Immutable;
using System.Globalization;
using Overlay2.Storage.Kernel;

namespace Overlay2.Storage.MountOptions;

/// <summary>Follows one mount through the kernel's rules, in the order in which the kernel applies them. One method is one rule.</summary>
internal sealed partial class OptionResolver
{
    private readonly OverlayMountOptions _options;
    private readonly KernelProfile _profile;
    private readonly LayerLayout _layout;
    private readonly ImmutableArray<OptionProblem>.Builder _problems = ImmutableArray.CreateBuilder<OptionProblem>();

    /// <summary>Options are read by the file system context: paths are looked up one by one as they are read, and what is shown are effective values.</summary>
    private readonly bool _hasContext;

    private Setting<RedirectMode> _redirect;
    private Setting<bool> _index;
    private Setting<bool> _nfsExport;
    private Setting<bool> _metacopy;
    private Setting<XinoMode> _xino;
    private Setting<UuidMode> _uuid = Setting<UuidMode>.Default(UuidMode.Auto);
    private Setting<VerityMode> _verity = Setting<VerityMode>.Default(VerityMode.Off);
    private FsyncMode _fsync;
    private bool _userXattr;
    private bool _defaultPermissions;
    private bool _overrideCredentials;
    private bool _isReadOnly;

    public OptionResolver(OverlayMountOptions options, KernelProfile profile, LayerLayout layout)
    {
        _options = options;
        _profile = profile;
        _layout = layout;
        _hasContext = profile.Supports(OverlayFeatures.NewMountApi);
        _redirect = Setting<RedirectMode>.Default(DefaultRedirect);
        _index = Setting<bool>.Default(profile.IsOn("index"));
        _nfsExport = Setting<bool>.Default(profile.IsOn("nfs_export"));
        _metacopy = Setting<bool>.Default(profile.IsOn("metacopy"));
        _xino = Setting<XinoMode>.Default(DefaultXino);
    }

    private bool HasUpper => _upper is not null;

    /// <summary>What redirect_dir=off means: the module decides whether redirects are followed then; before it could, they always were.</summary>
    private RedirectMode RedirectOff =>
        _profile.IsOn("redirect_always_follow") || !Has(OverlayFeatures.RedirectFollow) ? RedirectMode.Follow : RedirectMode.NoFollow;

    private RedirectMode DefaultRedirect => _profile.IsOn("redirect_dir") ? RedirectMode.On : RedirectOff;

    private XinoMode DefaultXino => _profile.IsOn("xino_auto") ? XinoMode.Auto : XinoMode.Off;

    public EffectiveOptions Resolve()
    {
        Func<LinuxError>[] steps =
        [
            ReadOptions,
            NoUpper, VerityNeedsMetacopy, MetacopyNeedsRedirect, NfsExportNeedsIndex, NfsExportOrMetacopy, UserXattrLimits, DataLayersNeedMetacopy,
            LowerIsNeeded, UpperNeedsWork, LookUpLate, UpperUsable, WorkUsable, LowersUsable, FileSystemLimits, UpperMatchesLower, LowersApart,
        ];
        foreach (Func<LinuxError> step in steps)
        {
            LinuxError error = step();
            if (error != LinuxError.OK)
                return new EffectiveOptions { Error = error, Problems = _problems.ToImmutable() };
        }

        WorkCleaned();
        DecideUuid();
        return new EffectiveOptions
        {
            Problems = _problems.ToImmutable(),
            HasUpper = HasUpper,
            IsReadOnly = _isReadOnly || !HasUpper,
            Redirect = _redirect.Value,
            RedirectMax = RedirectMax,
            Index = _index.Value,
            NfsExport = _nfsExport.Value,
            Metacopy = _metacopy.Value,
            Xino = IsOneFileSystem ? XinoMode.Off : _xino.Value,
            Uuid = _uuid.Value,
            Verity = _verity.Value,
            Fsync = _fsync,
            UserXattr = _userXattr,
            DefaultPermissions = _defaultPermissions,
            OverrideCredentials = _overrideCredentials,
            Shown = Shown(),
            UpperMarks = UpperMarks(),
            WorkEntries = WorkEntries(),
        };
    }

    private int RedirectMax =>
        _profile.Parameters.TryGetValue("redirect_max", out string? text) && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int value) ? value : 256;

    private LinuxError Refuse(LinuxError error, string rule, string message)
    {
        _problems.Add(new(rule, OptionOutcome.Refused, message));
        return error;
    }

    private void Change(string rule, string message) => _problems.Add(new(rule, OptionOutcome.Changed, message));

    private void Ignore(string rule, string message) => _problems.Add(new(rule, OptionOutcome.Ignored, message));
}
