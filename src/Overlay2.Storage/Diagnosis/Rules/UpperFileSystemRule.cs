using System.Collections.Immutable;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Configuration;
using Overlay2.Storage.Hosts;

namespace Overlay2.Storage.Diagnosis.Rules;

/// <summary>OVL0204. Only types that the kernel refuses for certain; a mounted overlay that writes there proves the contrary.</summary>
/// <remarks>Source: the kernel's document filesystems/overlayfs; mount(2) on Linux 6.18.</remarks>
internal sealed class UpperFileSystemRule() : LibraryRule(FindingIds.UpperFileSystem, DiagnosisStage.Capability)
{
    private static readonly ImmutableHashSet<ByteString> s_refused =
        [.. new[] { "overlay", "nfs", "nfs4", "cifs", "smb3", "ecryptfs", "aufs", "vfat", "exfat", "msdos", "erofs", "squashfs", "iso9660", "ramfs" }.Select(ByteString.FromText)];

    public override void Examine(HostView host, FindingSink findings)
    {
        // Without a store the configuration tells where one will be, if anything is configured.
        bool isConfigured = host.Configuration.TryGet(out EngineConfiguration? configuration) && configuration.Settings.Length > 0;
        if (!(host.HasAnyEngine || isConfigured) || !findings.TryGetMounts(host, out _))
            return;

        foreach (DriverHome home in host.HasAnyEngine ? host.LiveHomes : host.Homes.Where(home => home.Engine.IsConfigured))
        {
            if (home.Mount is { } mount && s_refused.Contains(mount.FileSystemType) && !home.MountedLayers.Any())
            {
                findings.Report(
                    FindingStatus.Confirmed, new FindingSubject(FindingSubjectKind.FileSystem, home.Home),
                    $"The driver home is on {mount.FileSystemType}, which the kernel refuses as the place of upper layers.", $"file-system:{mount.MountPoint}", FindingEvidence.Of(mount));
            }
        }
    }
}
