using Overlay2.Storage.Kernel;

namespace Overlay2.Storage.MountOptions;

/// <summary>A way to give an option, and what it means.</summary>
/// <param name="Text">What is behind the <c>=</c>; <see langword="null"/> for a flag.</param>
/// <param name="Feature">What a kernel needs to know it; <see langword="null"/> if every kernel does.</param>
/// <param name="Value">What it means to a kernel.</param>
internal sealed record OptionSpelling<T>(string? Text, OverlayFeature? Feature, Func<KernelProfile, T> Value)
{
    public OptionSpelling(string? text, OverlayFeature? feature, T value)
        : this(text, feature, _ => value)
    {
    }

    /// <summary>Another name than that of the option itself.</summary>
    public string? Name { get; init; }
}
