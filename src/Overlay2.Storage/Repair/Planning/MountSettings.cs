using Overlay2.Storage.Mounts;

namespace Overlay2.Storage.Repair.Planning;

/// <summary>Settings of one mount, out of its options.</summary>
internal static class MountSettings
{
    public static bool IsReadOnly(MountEntry mount)
    {
        ReadOnlySpan<byte> options = mount.Options.Span;
        return options.SequenceEqual("ro"u8) || options.StartsWith("ro,"u8);
    }
}
