using Overlay2.Storage.Kernel;

namespace Overlay2.Storage.MountOptions;

/// <summary>All that is known of one option that names no directory: how it is given, its default, how mountinfo shows it.</summary>
internal abstract class KnownOption
{
    /// <summary>The values with that of the option if it is not given.</summary>
    public abstract EffectiveOptions WithDefault(EffectiveOptions values, KernelProfile profile);

    /// <summary>The values with that which was given; <see langword="null"/> if the kernel does not know this as a way to give the option.</summary>
    public abstract EffectiveOptions? Read(OverlayOption given, EffectiveOptions values, KernelProfile profile);

    /// <summary>What mountinfo shows; <see langword="null"/> for nothing.</summary>
    public abstract string? Show(OptionResolver mount);
}
