using Overlay2.Storage.Bytes;
using Overlay2.Storage.Kernel;

namespace Overlay2.Storage.MountOptions;

/// <summary>How long a set of options is for each way to mount, and which ways can carry it.</summary>
/// <remarks>mount(2) takes one page with the terminating NUL and silently cuts off the rest, so that a long list fails as a missing
/// directory; fsconfig(2) takes 256 bytes a value with its NUL. Immutable, thread-safe. Source: mount(2), fsconfig(2); experiments on Linux 6.18.</remarks>
public sealed record MountDataBudget
{
    /// <summary>The page size of x86-64 and of most arm64 kernels.</summary>
    public const int DefaultPageSize = 4096;

    /// <summary>The longest value of one fsconfig(2) call, in bytes without the NUL.</summary>
    public const int MaxFsConfigValue = 255;

    /// <summary>The most lower layers, data-only ones included.</summary>
    public const int MaxLayers = 500;

    /// <summary>The number of lower layers, data-only ones included.</summary>
    public required int LayerCount { get; init; }

    /// <summary>The bytes of the mount(2) string with its NUL; <see langword="null"/> if the options have no form in one.</summary>
    public required int? MountBytes { get; init; }

    /// <summary>The directory that holds all layers and is deepest; empty if they have none in common.</summary>
    public required BytePath CommonDirectory { get; init; }

    /// <summary>As <see cref="MountBytes"/>, with paths relative to <see cref="CommonDirectory"/>.</summary>
    public required int? RelativeMountBytes { get; init; }

    /// <summary>The bytes of the longest value in fsconfig(2) calls, with its NUL.</summary>
    public required int LongestFsConfigValue { get; init; }

    /// <summary>The ways that can carry the options.</summary>
    public required MountInterfaces Interfaces { get; init; }

    /// <summary>Measures a set of options.</summary>
    /// <param name="options">The options.</param>
    /// <param name="profile">The kernel: it decides whether layers can be given one by one.</param>
    /// <param name="pageSize">The page size of the machine, in bytes.</param>
    public static MountDataBudget Measure(OverlayMountOptions options, KernelProfile profile, int pageSize = DefaultPageSize)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(profile);
        BytePath common = FindCommonDirectory(options);
        OverlayMountOptions relative = common.IsEmpty ? options : options.RelativeTo(common);
        int? mountBytes = CountMountData(options);
        int? relativeBytes = CountMountData(relative);

        MountInterfaces interfaces = MountInterfaces.None;
        if (options.Layers.Length <= MaxLayers)
        {
            if (mountBytes <= pageSize)
                interfaces |= MountInterfaces.Mount;
            if (relativeBytes <= pageSize && !common.IsEmpty)
                interfaces |= MountInterfaces.MountRelative;
            if (FitsFsConfig(options, profile))
                interfaces |= MountInterfaces.FsConfig;
            if (FitsFsConfig(relative, profile) && !common.IsEmpty)
                interfaces |= MountInterfaces.FsConfigRelative;
        }

        return new MountDataBudget
        {
            LayerCount = options.Layers.Length,
            MountBytes = mountBytes,
            CommonDirectory = common,
            RelativeMountBytes = relativeBytes,
            LongestFsConfigValue = LongestValue(options) + 1,
            Interfaces = interfaces,
        };
    }

    /// <summary>The deepest directory that holds every layer path; a path that is itself a layer does not count as holding it.</summary>
    private static BytePath FindCommonDirectory(OverlayMountOptions options)
    {
        BytePath? common = null;
        foreach (LayerPath layer in Paths(options))
        {
            if (!layer.Path.IsAbsolute || !layer.Path.TryGetParent(out BytePath parent))
                return default;
            BytePath candidate = common ?? parent;
            while (!parent.StartsWith(candidate) && candidate.TryGetParent(out BytePath above))
                candidate = above;
            common = candidate;
        }

        return common ?? default;
    }

    private static IEnumerable<LayerPath> Paths(OverlayMountOptions options) =>
        options.Layers.Concat(new[] { options.Upper, options.Work }.OfType<LayerPath>());

    private static int? CountMountData(OverlayMountOptions options) =>
        options.TryGetMountData(out byte[] data, out _) ? data.Length + 1 : null;

    private static int LongestValue(OverlayMountOptions options) =>
        options.ToFsConfigCalls().Select(static call => call.Value?.Length ?? 0).DefaultIfEmpty().Max();

    private static bool FitsFsConfig(OverlayMountOptions options, KernelProfile profile)
    {
        bool appends = options.ToFsConfigCalls().Any(static call => call.Kind is OverlayOptionKind.AddedLowerDirectory or OverlayOptionKind.AddedDataDirectory);
        return LongestValue(options) <= MaxFsConfigValue && (!appends || profile.Supports(OverlayFeatures.LayerAppend));
    }
}
