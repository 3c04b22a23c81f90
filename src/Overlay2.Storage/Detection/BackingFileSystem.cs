using Microsoft.Win32.SafeHandles;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Interop;
using Overlay2.Storage.Kernel;

namespace Overlay2.Storage.Detection;

/// <summary>Looks which file system a directory is on, and what is said of it below overlays. Passive: it writes nothing.</summary>
/// <remarks>Thread-safe. Whether directory entries have types is seen by the entries that are in the directory: an empty one leaves it
/// Unknown, <see cref="KernelProber"/> tries it.</remarks>
public static class BackingFileSystem
{
    /// <summary>Looks at the file system of a directory.</summary>
    /// <param name="directory">The directory, such as an engine's data root.</param>
    /// <exception cref="IOException">There is no such directory, or it can not be read; the message names the kernel's error.</exception>
    public static BackingFileSystemAdvice Inspect(BytePath directory)
    {
        if (!OperatingSystem.IsLinux())
            throw new PlatformNotSupportedException("File systems are looked at on Linux only.");
        bool isOpen = LibC.TryOpen(directory.Span, OpenFlags.ReadOnly | OpenFlags.Directory, out SafeFileHandle opened, out Errno error);
        using SafeFileHandle file = opened;
        if (!isOpen || !LibC.TryGetMagic(file, out uint magic, out error))
            throw new IOException($"{directory}: can not be looked at ({error}).");
        return BackingFileSystemAdvice.For(magic, DirectoryEntryTypes.Look(new DirectoryReader(file)));
    }

    /// <summary>The advice with what a probe showed on the same file system.</summary>
    /// <param name="advice">What looking said.</param>
    /// <param name="probe">A probe with a scratch directory on the same file system.</param>
    public static BackingFileSystemAdvice Apply(BackingFileSystemAdvice advice, KernelProbe probe)
    {
        ArgumentNullException.ThrowIfNull(advice);
        ArgumentNullException.ThrowIfNull(probe);
        FeatureEvidence types = probe.Find("d-type")?.Evidence is { Status: not FeatureStatus.Unknown } probed ? probed : advice.EntryTypes;
        BackingFileSystemAdvice applied = BackingFileSystemAdvice.For(advice.Magic, types);
        if (probe.Find(OverlayFeatures.Overlay.Id)?.Evidence is not { } overlay || types.Status == FeatureStatus.No)
            return applied;
        return overlay.Status switch
        {
            FeatureStatus.Yes when applied.Upper < BackingFileSystemStatus.Limited =>
                applied with { Upper = BackingFileSystemStatus.Limited, Reasons = applied.Reasons.Insert(0, "An overlay with its upper here could be mounted.") },
            FeatureStatus.Unknown when applied.Upper > BackingFileSystemStatus.Unsupported =>
                applied with { Upper = BackingFileSystemStatus.Unsupported, Reasons = applied.Reasons.Insert(0, $"An overlay with its upper here could not be mounted ({overlay.Source}).") },
            _ => applied,
        };
    }
}
