using System.Collections.Immutable;
using System.Globalization;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Kernel;

namespace Overlay2.Storage.MountOptions;

/// <summary>Follows one mount through the kernel's rules, in the order in which the kernel applies them. One method is one rule.</summary>
internal sealed partial class OptionResolver
{
    /// <summary>The name of the rule about options of a security module.</summary>
    public const string SecurityContext = "security-context";

    private readonly OverlayMountOptions _options;
    private readonly LayerLayout _layout;
    private readonly ImmutableArray<OptionProblem>.Builder _problems = ImmutableArray.CreateBuilder<OptionProblem>();

    /// <summary>Options are read by the file system context: paths are looked up one by one as they are read, and what is shown are effective values.</summary>
    private readonly bool _hasContext;

    public OptionResolver(OverlayMountOptions options, KernelProfile profile, LayerLayout layout)
    {
        _options = options;
        _layout = layout;
        Profile = profile;
        _hasContext = profile.Supports(OverlayFeatures.NewMountApi);
        foreach (KnownOption option in KnownOptions.All)
            Values = option.WithDefault(Values, profile);
    }

    public KernelProfile Profile { get; }

    /// <summary>The values as far as they are known: defaults first, then what was given, then what the rules make of both.</summary>
    public EffectiveOptions Values { get; private set; } = new();

    private bool HasUpper => _upper is not null;

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
        return Values with
        {
            Problems = _problems.ToImmutable(),
            HasUpper = HasUpper,
            IsReadOnly = Values.IsReadOnly || !HasUpper,
            RedirectMax = RedirectMax,
            Xino = IsOneFileSystem ? XinoMode.Off : Values.Xino,
            Shown = [.. KnownOptions.All.Select(option => option.Show(this)).OfType<string>().Select(ByteString.FromText)],
            UpperMarks = UpperMarks(),
            WorkEntries = WorkEntries(),
        };
    }

    private int RedirectMax =>
        Profile.Parameters.TryGetValue("redirect_max", out string? text) && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int value) ? value : 256;

    private LinuxError Refuse(LinuxError error, string rule, string message)
    {
        _problems.Add(new(rule, OptionOutcome.Refused, message));
        return error;
    }

    private void Change(string rule, string message) => _problems.Add(new(rule, OptionOutcome.Changed, message));

    private void Ignore(string rule, string message) => _problems.Add(new(rule, OptionOutcome.Ignored, message));
}
