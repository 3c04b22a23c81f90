using System.Collections.Immutable;
using Overlay2.Storage.Kernel;

namespace Overlay2.Storage.MountOptions;

/// <summary>An option with values of one type.</summary>
internal sealed class ValueOption<T> : KnownOption
    where T : struct
{
    private readonly Func<EffectiveOptions, T> _get;
    private readonly Func<EffectiveOptions, T, EffectiveOptions> _with;
    private readonly ImmutableArray<(OverlayOption Option, OptionSpelling<T> Spelling)> _spellings;

    /// <param name="name">The name.</param>
    /// <param name="get">The place of the value.</param>
    /// <param name="with">The same place.</param>
    /// <param name="spellings">Every way to give it; of several with one value the first that a kernel knows is shown.</param>
    public ValueOption(string name, Func<EffectiveOptions, T> get, Func<EffectiveOptions, T, EffectiveOptions> with, params ReadOnlySpan<OptionSpelling<T>> spellings)
    {
        _get = get;
        _with = with;
        _spellings = [.. spellings.ToImmutableArray().Select(spelling => (OverlayOption.FromText(spelling.Name ?? name, spelling.Text), spelling))];
    }

    /// <summary>The value where the option is not given.</summary>
    public Func<KernelProfile, T> Default { get; init; } = _ => default;

    /// <summary>What is shown, where it is not simply a value that differs from the default, which is the second parameter.</summary>
    public Func<OptionResolver, string?, string?> Shown { get; init; } = (_, differing) => differing;

    public override EffectiveOptions WithDefault(EffectiveOptions values, KernelProfile profile) => _with(values, Default(profile));

    public override EffectiveOptions? Read(OverlayOption given, EffectiveOptions values, KernelProfile profile)
    {
        foreach ((OverlayOption option, OptionSpelling<T> spelling) in _spellings)
        {
            if (option == given && IsKnown(spelling, profile))
                return _with(values, spelling.Value(profile));
        }

        return null;
    }

    public override string? Show(OptionResolver mount) => Shown(mount, Differing(_get(mount.Values), mount.Profile));

    private string? Differing(T value, KernelProfile profile)
    {
        if (AreEqual(value, Default(profile)))
            return null;
        var fit = _spellings.Where(s => AreEqual(s.Spelling.Value(profile), value)).ToList();
        return fit.Find(s => IsKnown(s.Spelling, profile)) is { Spelling: not null } known ? known.Option.ToString() : fit[0].Option.ToString();
    }

    private static bool IsKnown(OptionSpelling<T> spelling, KernelProfile profile) => spelling.Feature is not { } feature || profile.Supports(feature);

    private static bool AreEqual(T value, T other) => EqualityComparer<T>.Default.Equals(value, other);
}
