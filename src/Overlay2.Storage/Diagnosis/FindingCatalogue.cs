using System.Collections.Frozen;
using System.Collections.Immutable;
using Overlay2.Storage.Engines;
using static Overlay2.Storage.Diagnosis.FindingSeverity;

namespace Overlay2.Storage.Diagnosis;

/// <summary>Every kind of finding that this library knows. Ids never change their meaning.</summary>
public static class FindingCatalogue
{
    /// <summary>All descriptors, in the order of their ids.</summary>
    public static ImmutableArray<FindingDescriptor> All { get; } =
    [
        new("OVL0001", "Driver home covered by a bind of itself", Error),
        new("OVL0002", "Another file system covers the driver home", Error),
        new("OVL0003", "The driver home's own file system is not mounted", Error),
        new("OVL0004", "Mounts stacked on one directory", Warning),
        new("OVL0005", "Mount left over in another mount namespace", Error),
        new("OVL0006", "Overlay mounted for nobody", Warning),
        new("OVL0007", "Running container without its root file system mounted", Error),
        new("OVL0008", "Mounts multiply through propagation", Warning),
        new("OVL0009", "Two live overlays write to one directory", Error),
        new("OVL0010", "Unmount refused as busy", Information),
        new("OVL0011", "Overlay silently read-only", Error),
        new("OVL0101", "Link file empty", Error) { StoreKinds = LayerStoreKinds.OverlayDriver },
        new("OVL0102", "Short link missing or wrong", Error) { StoreKinds = LayerStoreKinds.OverlayDriver },
        new("OVL0103", "Lower file empty", Error) { StoreKinds = LayerStoreKinds.OverlayDriver },
        new("OVL0104", "Lower file names the link directory itself", Error) { StoreKinds = LayerStoreKinds.OverlayDriver },
        new("OVL0105", "Lower file cannot be read as one", Error) { StoreKinds = LayerStoreKinds.OverlayDriver },
        new("OVL0106", "Layer directory missing", Error),
        new("OVL0107", "Layer directory that nobody needs", Warning),
        new("OVL0108", "Layer database entry empty", Error) { StoreKinds = LayerStoreKinds.DockerClassic },
        new("OVL0109", "Files emptied by a power loss", Error),
        new("OVL0110", "All short links gone", Critical) { StoreKinds = LayerStoreKinds.OverlayDriver },
        new("OVL0111", "Store copied without whiteouts or attributes", Warning),
        new("OVL0112", "Short link that nobody uses", Information) { StoreKinds = LayerStoreKinds.OverlayDriver },
        new("OVL0113", "Part of a layer missing", Error),
        new("OVL0114", "Layer database has lost a directory's id", Error) { StoreKinds = LayerStoreKinds.DockerClassic },
        new("OVL0115", "Container cannot be removed", Warning) { StoreKinds = LayerStoreKinds.DockerClassic },
        new("OVL0116", "Layers in quarantine", Information),
        new("OVL0201", "Layer path missing at mount", Error),
        new("OVL0202", "Mount options too long", Error) { StoreKinds = LayerStoreKinds.OverlayDriver },
        new("OVL0203", "Too many layers", Error) { StoreKinds = LayerStoreKinds.OverlayDriver },
        new("OVL0204", "File system cannot hold an upper layer", Error),
        new("OVL0205", "Overlays nested too deep", Error),
        new("OVL0206", "Upper and work directory do not fit together", Error),
        new("OVL0207", "Index says the layers changed", Error),
        new("OVL0208", "Layer in use by another mount", Error),
        new("OVL0209", "Layer was mounted volatile before", Error),
        new("OVL0210", "Unknown or conflicting mount options", Error),
        new("OVL0211", "Security contexts of one file system differ", Error),
        new("OVL0212", "Mount without privileges refused", Error),
        new("OVL0301", "Directory entries without types", Error),
        new("OVL0302", "Native diff and redirects do not go together", Warning) { StoreKinds = LayerStoreKinds.DockerClassic },
        new("OVL0303", "Overlay attributes not supported", Error),
        new("OVL0304", "Whiteouts cannot be made", Error),
        new("OVL0305", "Kernel without overlayfs, or with a too old one", Error),
        new("OVL0306", "Mount table cannot be read as of one moment", Information),
        new("OVL0401", "Too little room to copy up", Error),
        new("OVL0402", "No inodes left", Error),
        new("OVL0403", "Size limit asked for, but not supported", Error) { StoreKinds = LayerStoreKinds.DockerClassic },
        new("OVL0404", "Limit of mounts reached", Error),
        new("OVL0501", "Renaming a directory of a lower layer", Information),
        new("OVL0502", "Writing to one of several hard links", Information),
        new("OVL0503", "Inode numbers across copy-up", Information),
        new("OVL0504", "A file opened before it is copied up", Information),
        new("OVL0505", "What a copy-up costs", Information),
        new("OVL0506", "What a removal leaves behind", Information),
        new("OVL0507", "Names with separators in mount options", Information),
        new("OVL0508", "Options that the mount table does not show", Information),
        new("OVL0601", "Setting given as flag and in the file", Error) { StoreKinds = LayerStoreKinds.DockerClassic },
        new("OVL0602", "Storage option removed from the engine", Error) { StoreKinds = LayerStoreKinds.DockerClassic },
        new("OVL0603", "Stores of several drivers", Error) { StoreKinds = LayerStoreKinds.DockerClassic },
        new("OVL0604", "Storage driver removed from the engine", Error) { StoreKinds = LayerStoreKinds.DockerClassic },
        new("OVL0605", "Engine falls back to another driver", Warning) { StoreKinds = LayerStoreKinds.DockerClassic },
        new("OVL0606", "Image store switched", Warning) { StoreKinds = LayerStoreKinds.DockerClassic },
        new("OVL0607", "Containerd's root on a small file system", Warning) { StoreKinds = LayerStoreKinds.DockerClassic },
        new("OVL0608", "Engine in a container without a volume", Warning) { StoreKinds = LayerStoreKinds.DockerClassic },
        new("OVL0609", "Engine configuration cannot be used as written", Error) { StoreKinds = LayerStoreKinds.DockerClassic },
    ];

    private static readonly FrozenDictionary<string, FindingDescriptor> s_byId = All.ToFrozenDictionary(descriptor => descriptor.Id, StringComparer.Ordinal);

    /// <summary>The descriptor of an id; <see langword="null"/> for an id that this library does not know.</summary>
    /// <param name="id">The id, such as <c>OVL0001</c>.</param>
    public static FindingDescriptor? Find(string id) => s_byId.GetValueOrDefault(id);

    internal static FindingDescriptor Get(string id) => s_byId[id];
}
