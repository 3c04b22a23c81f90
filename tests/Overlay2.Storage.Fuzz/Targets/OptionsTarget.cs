using Overlay2.Storage.MountOptions;
using Overlay2.Storage.TestShared;

namespace Overlay2.Storage.Fuzz.Targets;

/// <summary>The option reader, by every kind of vector, says what the plain one says; the model survives being written.</summary>
internal static class OptionsTarget
{
    public static void Run(byte[] input)
    {
        GuardedInput.Run(input, OverlayOptionsComparison.Check);

        var options = OverlayMountOptions.Parse(input);
        if (!OverlayMountOptions.Parse(options.ToSuperOptions()).Equals(options))
            throw new InvalidOperationException("The super options change when they are written.");

        if (options.TryGetMountData(out byte[] data, out _) && !IsSame(options, data))
            throw new InvalidOperationException("The string for mount(2) means other options.");
    }

    /// <summary>Whether a string for mount(2) names the same directories; commas of paths have got backslashes there.</summary>
    private static bool IsSame(OverlayMountOptions options, byte[] data)
    {
        var read = OverlayMountOptions.ParseMountData(data);
        return read.ToMountData().AsSpan().SequenceEqual(data)
            && read.Layers.SequenceEqual(options.Layers) && read.Upper == options.Upper && read.Work == options.Work
            && read.Options.Select(option => option.Name).SequenceEqual(options.Options.Select(option => option.Name));
    }
}
