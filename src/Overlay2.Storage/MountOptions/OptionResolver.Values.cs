using Overlay2.Storage.Kernel;

namespace Overlay2.Storage.MountOptions;

/// <content>Each option by itself: known or not, its value, the directory it names.</content>
internal sealed partial class OptionResolver
{
    /// <summary>The options that a mount gave or that another one switched on, as written: most conflicts are decided by whether
    /// a value was given or is a default.</summary>
    private readonly Dictionary<KnownOption, string> _given = [];

    /// <summary>The option as it was given; <see langword="null"/> if it was not.</summary>
    public string? Given(KnownOption option) => _given.GetValueOrDefault(option);

    private bool IsGiven(KnownOption option) => _given.ContainsKey(option);

    private LinuxError ReadOptions()
    {
        foreach (OverlayOption option in _options.Options)
        {
            LinuxError error = option.Kind == OverlayOptionKind.Other ? ReadOption(option) : ReadLayers(option);
            if (error != LinuxError.OK)
                return error;
        }

        return LinuxError.OK;
    }

    private LinuxError ReadOption(OverlayOption option)
    {
        foreach (KnownOption known in KnownOptions.All)
        {
            if (known.Read(option, Values, Profile) is not { } values)
                continue;
            Values = values;
            _given[known] = option.ToString();
            return LinuxError.OK;
        }

        return UnknownOption(option);
    }

    private LinuxError UnknownOption(OverlayOption option)
    {
        // Not an option of overlayfs at all: the security module takes it before the file system sees it, if there is one that does.
        if (option.Value is not null && SecurityContextOption.IsName(option.Name.Span) && (Profile.FileSystems.IsEmpty || Profile.FileSystems.Contains("selinuxfs", StringComparer.Ordinal)))
        {
            _problems.Add(new OptionProblem(SecurityContext, OptionOutcome.Unknown, $"Whether {option} is taken depends on SELinux, which is not looked at."));
            return LinuxError.OK;
        }

        string hint = MountCommandOptions.IsOfMount(option) ? " As data of mount(2) it is none of overlayfs; mount(8) would take it apart as a flag of the mount." : "";
        return Refuse(LinuxError.EINVAL, "unknown-option", $"This kernel does not know the option {option}.{hint}");
    }

    private bool Has(OverlayFeature feature) => Profile.Supports(feature);
}
