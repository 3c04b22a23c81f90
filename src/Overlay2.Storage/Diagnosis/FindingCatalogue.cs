using System.Collections.Frozen;
using System.Collections.Immutable;
using Overlay2.Storage.Engines.Known;
using static Overlay2.Storage.Diagnosis.FindingSeverity;

namespace Overlay2.Storage.Diagnosis;

/// <summary>Every kind of finding that this library knows. Ids never change their meaning.</summary>
public static class FindingCatalogue
{
    /// <summary>All descriptors, in the order of their ids.</summary>
    public static ImmutableArray<FindingDescriptor> All { get; } =
    [
        new(FindingIds.SelfBindCover, "Driver home covered by a bind of itself", Error),
        new(FindingIds.ForeignCover, "Another file system covers the driver home", Error),
        new(FindingIds.LostDisk, "The driver home's own file system is not mounted", Error),
        new(FindingIds.StackedMounts, "Mounts stacked on one directory", Warning),
        new(FindingIds.LeakedMount, "Mount left over in another mount namespace", Error),
        new(FindingIds.OrphanMount, "Overlay mounted for nobody", Warning),
        new(FindingIds.UnmountedContainer, "Running container without its root file system mounted", Error),
        new(FindingIds.MultiplyingMounts, "Mounts multiply through propagation", Warning),
        new(FindingIds.SharedUpper, "Two live overlays write to one directory", Error),
        new(FindingIds.BusyUnmount, "Unmount refused as busy", Information),
        new(FindingIds.ReadOnlyOverlay, "Overlay silently read-only", Error),
        new(FindingIds.BrokenLinkFile, "Link file empty", Error) { IsOfOverlayDriver = true },
        new(FindingIds.WrongShortLink, "Short link missing or wrong", Error) { IsOfOverlayDriver = true },
        new(FindingIds.EmptyLower, "Lower file empty", Error) { IsOfOverlayDriver = true },
        new(FindingIds.BareLinkDirectory, "Lower file names the link directory itself", Error) { IsOfOverlayDriver = true },
        new(FindingIds.MalformedLower, "Lower file cannot be read as one", Error) { IsOfOverlayDriver = true },
        new(FindingIds.MissingLayer, "Layer directory missing", Error),
        new(FindingIds.OrphanLayer, "Layer directory that nobody needs", Warning),
        new(FindingIds.LayerDatabaseEntry, "Layer database entry empty", Error) { Engine = KnownEngines.Docker },
        new(FindingIds.EmptiedFiles, "Files emptied by a power loss", Error),
        new(FindingIds.LostShortLinks, "All short links gone", Critical) { IsOfOverlayDriver = true },
        new(FindingIds.LossyCopy, "Store copied without whiteouts or attributes", Warning),
        new(FindingIds.UnusedShortLink, "Short link that nobody uses", Information) { IsOfOverlayDriver = true },
        new(FindingIds.IncompleteLayer, "Part of a layer missing", Error),
        new(FindingIds.LostLayerId, "Layer database has lost a directory's id", Error) { Engine = KnownEngines.Docker },
        new(FindingIds.BlockedRemoval, "Container cannot be removed", Warning) { Engine = KnownEngines.Docker },
        new(FindingIds.Quarantine, "Layers in quarantine", Information),
        new(FindingIds.MissingLayerPath, "Layer path missing at mount", Error),
        new(FindingIds.LongOptions, "Mount options too long", Error) { IsOfOverlayDriver = true },
        new(FindingIds.TooManyLayers, "Too many layers", Error) { IsOfOverlayDriver = true },
        new(FindingIds.UpperFileSystem, "File system cannot hold an upper layer", Error),
        new(FindingIds.NestedTooDeep, "Overlays nested too deep", Error),
        new(FindingIds.UpperAndWork, "Upper and work directory do not fit together", Error),
        new(FindingIds.StaleIndex, "Index says the layers changed", Error),
        new(FindingIds.LayerInUse, "Layer in use by another mount", Error),
        new(FindingIds.VolatileLayer, "Layer was mounted volatile before", Error),
        new(FindingIds.MountOptions, "Unknown or conflicting mount options", Error),
        new(FindingIds.SecurityContexts, "Security contexts of one file system differ", Error),
        new(FindingIds.UnprivilegedMount, "Mount without privileges refused", Error),
        new(FindingIds.EntryTypes, "Directory entries without types", Error),
        new(FindingIds.NativeDiff, "Native diff and redirects do not go together", Warning) { Engine = KnownEngines.Docker },
        new(FindingIds.OverlayAttributes, "Overlay attributes not supported", Error),
        new(FindingIds.Whiteouts, "Whiteouts cannot be made", Error),
        new(FindingIds.OverlaySupport, "Kernel without overlayfs, or with a too old one", Error),
        new(FindingIds.TableConsistency, "Mount table cannot be read as of one moment", Information),
        new(FindingIds.Room, "Too little room to copy up", Error),
        new(FindingIds.Inodes, "No inodes left", Error),
        new(FindingIds.Quota, "Size limit asked for, but not supported", Error) { Engine = KnownEngines.Docker },
        new(FindingIds.MountLimit, "Limit of mounts reached", Error),
        new(FindingIds.RenameOfDirectory, "Renaming a directory of a lower layer", Information),
        new(FindingIds.WriteToHardLink, "Writing to one of several hard links", Information),
        new(FindingIds.InodeNumbers, "Inode numbers across copy-up", Information),
        new(FindingIds.OpenBeforeCopyUp, "A file opened before it is copied up", Information),
        new(FindingIds.CostOfCopyUp, "What a copy-up costs", Information),
        new(FindingIds.LeftByRemoval, "What a removal leaves behind", Information),
        new(FindingIds.SeparatorsInNames, "Names with separators in mount options", Information),
        new(FindingIds.OptionsNotShown, "Options that the mount table does not show", Information),
        new(FindingIds.SettingGivenTwice, "Setting given as flag and in the file", Error) { Engine = KnownEngines.Docker },
        new(FindingIds.RemovedOption, "Storage option removed from the engine", Error) { Engine = KnownEngines.Docker },
        new(FindingIds.SeveralStores, "Stores of several drivers", Error) { Engine = KnownEngines.Docker },
        new(FindingIds.RemovedDriver, "Storage driver removed from the engine", Error) { Engine = KnownEngines.Docker },
        new(FindingIds.FallbackDriver, "Engine falls back to another driver", Warning) { Engine = KnownEngines.Docker },
        new(FindingIds.SwitchedStore, "Image store switched", Warning) { Engine = KnownEngines.Docker },
        new(FindingIds.ContainerdRoot, "Containerd's root on a small file system", Warning) { Engine = KnownEngines.Docker },
        new(FindingIds.NestedEngine, "Engine in a container without a volume", Warning) { Engine = KnownEngines.Docker },
        new(FindingIds.UnusableConfiguration, "Engine configuration cannot be used as written", Error) { Engine = KnownEngines.Docker },
    ];

    private static readonly FrozenDictionary<string, FindingDescriptor> s_byId = All.ToFrozenDictionary(descriptor => descriptor.Id, StringComparer.Ordinal);

    /// <summary>The descriptor of an id; <see langword="null"/> for an id that this library does not know.</summary>
    /// <param name="id">The id, such as <c>OVL0001</c>.</param>
    public static FindingDescriptor? Find(string id) => s_byId.GetValueOrDefault(id);

    internal static FindingDescriptor Get(string id) => s_byId[id];
}
