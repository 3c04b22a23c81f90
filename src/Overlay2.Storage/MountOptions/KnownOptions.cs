using System.Collections.Immutable;
using Overlay2.Storage.Kernel;
using Features = Overlay2.Storage.Kernel.OverlayFeatures;

namespace Overlay2.Storage.MountOptions;

/// <summary>The table of options that name no directory. A new option is one row here and one property of <see cref="EffectiveOptions"/>.</summary>
internal static class KnownOptions
{
    public static KnownOption RedirectDir { get; } = new ValueOption<RedirectMode>(
        "redirect_dir", o => o.Redirect, (o, value) => o with { Redirect = value },
        new("on", Features.RedirectDir, RedirectMode.On),
        new("follow", Features.RedirectFollow, RedirectMode.Follow),
        new("nofollow", Features.RedirectFollow, RedirectMode.NoFollow),
        new("off", Features.RedirectDir, RedirectOff))
    {
        Default = profile => profile.IsOn(Features.RedirectDir.Parameter!) ? RedirectMode.On : RedirectOff(profile),
        Shown = ShowRedirect,
    };

    public static KnownOption Index { get; } = Switch("index", Features.Index, o => o.Index, (o, value) => o with { Index = value });

    public static KnownOption NfsExport { get; } = Switch("nfs_export", Features.NfsExport, o => o.NfsExport, (o, value) => o with { NfsExport = value });

    public static KnownOption Metacopy { get; } = Switch("metacopy", Features.Metacopy, o => o.Metacopy, (o, value) => o with { Metacopy = value });

    /// <summary>All rows, in the order in which mountinfo shows them.</summary>
    public static ImmutableArray<KnownOption> All { get; } =
    [
        Flag("default_permissions", null, o => o.DefaultPermissions, (o, value) => o with { DefaultPermissions = value }),
        RedirectDir,
        Index,
        new ValueOption<UuidMode>(
            "uuid", o => o.Uuid, (o, value) => o with { Uuid = value },
            new("off", Features.UuidOff, UuidMode.Off),
            new("on", Features.UuidAttribute, UuidMode.On),
            new("on", Features.UuidOff, UuidMode.Auto),
            new("null", Features.UuidAttribute, UuidMode.Null),
            new("auto", Features.UuidAttribute, UuidMode.Auto)),
        NfsExport,
        new ValueOption<XinoMode>(
            "xino", o => o.Xino, (o, value) => o with { Xino = value },
            new("off", Features.Xino, XinoMode.Off),
            new("auto", Features.Xino, XinoMode.Auto),
            new("on", Features.Xino, XinoMode.On))
        {
            Default = profile => profile.IsOn(Features.Xino.Parameter!) ? XinoMode.Auto : XinoMode.Off,
            Shown = (mount, differing) => mount.IsOneFileSystem ? null : differing,
        },
        Metacopy,
        new ValueOption<FsyncMode>(
            "fsync", o => o.Fsync, (o, value) => o with { Fsync = value },
            new("auto", Features.FsyncMode, FsyncMode.Auto),
            new("strict", Features.FsyncMode, FsyncMode.Strict),
            new("volatile", Features.FsyncMode, FsyncMode.Volatile),
            new(null, Features.Volatile, FsyncMode.Volatile) { Name = "volatile" }),
        Flag("userxattr", Features.UserXattr, o => o.UserXattr, (o, value) => o with { UserXattr = value }),
        new ValueOption<VerityMode>(
            "verity", o => o.Verity, (o, value) => o with { Verity = value },
            new("off", Features.Verity, VerityMode.Off),
            new("on", Features.Verity, VerityMode.On),
            new("require", Features.Verity, VerityMode.Require)),
        new ValueOption<bool>(
            "override_creds", o => o.OverrideCredentials, (o, value) => o with { OverrideCredentials = value },
            new(null, Features.OverrideCredentials, true),
            new(null, Features.OverrideCredentials, false) { Name = "nooverride_creds" })
        {
            Shown = (_, _) => null,
        },
    ];

    /// <summary>An option that is on or off, by default as the parameter of its feature says.</summary>
    private static ValueOption<bool> Switch(string name, OverlayFeature feature, Func<EffectiveOptions, bool> get, Func<EffectiveOptions, bool, EffectiveOptions> with) =>
        new(name, get, with, new("on", feature, true), new("off", feature, false)) { Default = profile => profile.IsOn(feature.Parameter!) };

    /// <summary>An option without value.</summary>
    private static ValueOption<bool> Flag(string name, OverlayFeature? feature, Func<EffectiveOptions, bool> get, Func<EffectiveOptions, bool, EffectiveOptions> with) =>
        new(name, get, with, new OptionSpelling<bool>(null, feature, true));

    /// <summary>What redirect_dir=off means: the module decides whether redirects are followed then; before it could, they always were.</summary>
    private static RedirectMode RedirectOff(KernelProfile profile) =>
        profile.IsOn(Features.RedirectFollow.Parameter!) || !profile.Supports(Features.RedirectFollow) ? RedirectMode.Follow : RedirectMode.NoFollow;

    /// <summary>Kernels without file system context show the option as it was given.</summary>
    private static string? ShowRedirect(OptionResolver mount, string? differing)
    {
        if (mount.Profile.Supports(Features.NewMountApi))
            return differing;
        string usual = mount.Profile.IsOn(Features.RedirectDir.Parameter!) ? "redirect_dir=on" : "redirect_dir=off";
        return mount.Given(RedirectDir) is { } given && given != usual ? given : null;
    }
}
