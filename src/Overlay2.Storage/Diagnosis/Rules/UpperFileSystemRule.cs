using System.Collections.Immutable;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Diagnosis.Views;

namespace Overlay2.Storage.Diagnosis.Rules;

/// <summary>OVL0204. Only types that the kernel refuses for certain; a mounted overlay that writes there proves the contrary.</summary>
/// <remarks>Source: the kernel's document filesystems/overlayfs; mount(2) on Linux 6.18.</remarks>
internal sealed class UpperFileSystemRule() : LibraryRule("OVL0204", DiagnosisStage.Capability)
{
    private static readonly ImmutableHashSet<ByteString> s_refused =
        [.. new[] { "overlay", "nfs", "nfs4", "cifs", "smb3", "ecryptfs", "aufs", "vfat", "exfat", "msdos", "erofs", "squashfs", "iso9660", "ramfs" }.Select(ByteString.FromText)];

    public override void Examine(DiagnosisContext context)
    {
        if (!context.HasAnyEngine || !context.TryGetMounts(out _))
            return;

        foreach (DriverHomeView home in context.LiveHomes)
        {
            if (home.Mount is { } mount && s_refused.Contains(mount.FileSystemType) && !home.MountedLayers.Any())
            {
                context.Report(
                    FindingStatus.Confirmed, new FindingSubject(FindingSubjectKind.FileSystem, home.Home),
                    $"The driver home is on {mount.FileSystemType}, which the kernel refuses as the place of upper layers.", $"file-system:{mount.MountPoint}", MountView.Describe(mount));
            }
        }
    }
}
