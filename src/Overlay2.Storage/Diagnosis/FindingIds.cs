using System.Collections.Frozen;
using System.Collections.Immutable;
using Overlay2.Storage.Configuration;
using Overlay2.Storage.Diagnosis.Rules;
using Overlay2.Storage.Engines.Known;
using static Overlay2.Storage.Diagnosis.FindingSeverity;

namespace Overlay2.Storage.Diagnosis;

/// <summary>Every kind of finding that this library knows: its id, which is written here and nowhere else in code, what is said of it, and the rule that looks for it.</summary>
/// <remarks>Thread-safe. An id never changes its meaning. Some ids have no rule of their own: only logs suggest them.</remarks>
public static class FindingIds
{
    /// <summary>Driver home covered by a bind of itself.</summary>
    public const string SelfBindCover = "OVL0001";

    /// <summary>Another file system covers the driver home.</summary>
    public const string ForeignCover = "OVL0002";

    /// <summary>The driver home's own file system is not mounted.</summary>
    public const string LostDisk = "OVL0003";

    /// <summary>Mounts stacked on one directory.</summary>
    public const string StackedMounts = "OVL0004";

    /// <summary>Mount left over in another mount namespace.</summary>
    public const string LeakedMount = "OVL0005";

    /// <summary>Overlay mounted for nobody.</summary>
    public const string OrphanMount = "OVL0006";

    /// <summary>Running container without its root file system mounted.</summary>
    public const string UnmountedContainer = "OVL0007";

    /// <summary>Mounts multiply through propagation.</summary>
    public const string MultiplyingMounts = "OVL0008";

    /// <summary>Two live overlays write to one directory.</summary>
    public const string SharedUpper = "OVL0009";

    /// <summary>Unmount refused as busy.</summary>
    public const string BusyUnmount = "OVL0010";

    /// <summary>Overlay silently read-only.</summary>
    public const string ReadOnlyOverlay = "OVL0011";

    /// <summary>Shared memory of a container left mounted.</summary>
    public const string LeakedSharedMemory = "OVL0012";

    /// <summary>Link file empty.</summary>
    public const string BrokenLinkFile = "OVL0101";

    /// <summary>Short link missing or wrong.</summary>
    public const string WrongShortLink = "OVL0102";

    /// <summary>Lower file empty.</summary>
    public const string EmptyLower = "OVL0103";

    /// <summary>Lower file names the link directory itself.</summary>
    public const string BareLinkDirectory = "OVL0104";

    /// <summary>Lower file cannot be read as one.</summary>
    public const string MalformedLower = "OVL0105";

    /// <summary>Layer directory missing.</summary>
    public const string MissingLayer = "OVL0106";

    /// <summary>Layer directory that nobody needs.</summary>
    public const string OrphanLayer = "OVL0107";

    /// <summary>Layer database entry empty.</summary>
    public const string LayerDatabaseEntry = "OVL0108";

    /// <summary>Files emptied by a power loss.</summary>
    public const string EmptiedFiles = "OVL0109";

    /// <summary>All short links gone.</summary>
    public const string LostShortLinks = "OVL0110";

    /// <summary>Store copied without whiteouts or attributes.</summary>
    public const string LossyCopy = "OVL0111";

    /// <summary>Short link that nobody uses.</summary>
    public const string UnusedShortLink = "OVL0112";

    /// <summary>Part of a layer missing.</summary>
    public const string IncompleteLayer = "OVL0113";

    /// <summary>Layer database has lost a directory's id.</summary>
    public const string LostLayerId = "OVL0114";

    /// <summary>Container cannot be removed.</summary>
    public const string BlockedRemoval = "OVL0115";

    /// <summary>Layers in quarantine.</summary>
    public const string Quarantine = "OVL0116";

    /// <summary>Layer database entry missing.</summary>
    public const string MissingChain = "OVL0117";

    /// <summary>Image record missing.</summary>
    public const string LostImage = "OVL0118";

    /// <summary>Left over from a removed container.</summary>
    public const string LeftOverContainer = "OVL0119";

    /// <summary>Layer record missing.</summary>
    public const string MissingLayerRecord = "OVL0120";

    /// <summary>Layer marked as incomplete.</summary>
    public const string UnfinishedLayer = "OVL0121";

    /// <summary>List of the layers below damaged.</summary>
    public const string LowerLayers = "OVL0122";

    /// <summary>Containerd's database missing or damaged.</summary>
    public const string MissingMetadata = "OVL0123";

    /// <summary>Content of an image missing.</summary>
    public const string IncompleteImage = "OVL0124";

    /// <summary>Snapshot that nothing needs.</summary>
    public const string UnusedSnapshot = "OVL0125";

    /// <summary>Record that names what is not there.</summary>
    public const string DanglingRecord = "OVL0126";

    /// <summary>Layer path missing at mount.</summary>
    public const string MissingLayerPath = "OVL0201";

    /// <summary>Mount options too long.</summary>
    public const string LongOptions = "OVL0202";

    /// <summary>Too many layers.</summary>
    public const string TooManyLayers = "OVL0203";

    /// <summary>File system cannot hold an upper layer.</summary>
    public const string UpperFileSystem = "OVL0204";

    /// <summary>Overlays nested too deep.</summary>
    public const string NestedTooDeep = "OVL0205";

    /// <summary>Upper and work directory do not fit together.</summary>
    public const string UpperAndWork = "OVL0206";

    /// <summary>Index says the layers changed.</summary>
    public const string StaleIndex = "OVL0207";

    /// <summary>Layer in use by another mount.</summary>
    public const string LayerInUse = "OVL0208";

    /// <summary>Layer was mounted volatile before.</summary>
    public const string VolatileLayer = "OVL0209";

    /// <summary>Unknown or conflicting mount options.</summary>
    public const string MountOptions = "OVL0210";

    /// <summary>Security contexts of one file system differ.</summary>
    public const string SecurityContexts = "OVL0211";

    /// <summary>Mount without privileges refused.</summary>
    public const string UnprivilegedMount = "OVL0212";

    /// <summary>Directory entries without types.</summary>
    public const string EntryTypes = "OVL0301";

    /// <summary>Native diff and redirects do not go together.</summary>
    public const string NativeDiff = "OVL0302";

    /// <summary>Overlay attributes not supported.</summary>
    public const string OverlayAttributes = "OVL0303";

    /// <summary>Whiteouts cannot be made.</summary>
    public const string Whiteouts = "OVL0304";

    /// <summary>Kernel without overlayfs, or with a too old one.</summary>
    public const string OverlaySupport = "OVL0305";

    /// <summary>Mount table cannot be read as of one moment.</summary>
    public const string TableConsistency = "OVL0306";

    /// <summary>Too little room to copy up.</summary>
    public const string Room = "OVL0401";

    /// <summary>No inodes left.</summary>
    public const string Inodes = "OVL0402";

    /// <summary>Size limit asked for, but not supported.</summary>
    public const string Quota = "OVL0403";

    /// <summary>Limit of mounts reached.</summary>
    public const string MountLimit = "OVL0404";

    /// <summary>Renaming a directory of a lower layer.</summary>
    public const string RenameOfDirectory = "OVL0501";

    /// <summary>Writing to one of several hard links.</summary>
    public const string WriteToHardLink = "OVL0502";

    /// <summary>Inode numbers across copy-up.</summary>
    public const string InodeNumbers = "OVL0503";

    /// <summary>A file opened before it is copied up.</summary>
    public const string OpenBeforeCopyUp = "OVL0504";

    /// <summary>What a copy-up costs.</summary>
    public const string CostOfCopyUp = "OVL0505";

    /// <summary>What a removal leaves behind.</summary>
    public const string LeftByRemoval = "OVL0506";

    /// <summary>Names with separators in mount options.</summary>
    public const string SeparatorsInNames = "OVL0507";

    /// <summary>Options that the mount table does not show.</summary>
    public const string OptionsNotShown = "OVL0508";

    /// <summary>Setting given as flag and in the file.</summary>
    public const string SettingGivenTwice = "OVL0601";

    /// <summary>Storage option removed from the engine.</summary>
    public const string RemovedOption = "OVL0602";

    /// <summary>Stores of several drivers.</summary>
    public const string SeveralStores = "OVL0603";

    /// <summary>Storage driver removed from the engine.</summary>
    public const string RemovedDriver = "OVL0604";

    /// <summary>Engine falls back to another driver.</summary>
    public const string FallbackDriver = "OVL0605";

    /// <summary>Image store switched.</summary>
    public const string SwitchedStore = "OVL0606";

    /// <summary>Containerd's root on a small file system.</summary>
    public const string ContainerdRoot = "OVL0607";

    /// <summary>Engine in a container without a volume.</summary>
    public const string NestedEngine = "OVL0608";

    /// <summary>Engine configuration cannot be used as written.</summary>
    public const string UnusableConfiguration = "OVL0609";

    /// <summary>Image store and storage driver do not go together.</summary>
    public const string ImageStoreConflict = "OVL0610";

    /// <summary>Remapped user has no subordinate ids.</summary>
    public const string NoSubordinateIds = "OVL0611";

    /// <summary>All descriptors, in the order of their ids.</summary>
    public static ImmutableArray<FindingDescriptor> All { get; } =
    [
        new(SelfBindCover, "Driver home covered by a bind of itself", Error),
        new(ForeignCover, "Another file system covers the driver home", Error),
        new(LostDisk, "The driver home's own file system is not mounted", Error),
        new(StackedMounts, "Mounts stacked on one directory", Warning),
        new(LeakedMount, "Mount left over in another mount namespace", Error),
        new(OrphanMount, "Overlay mounted for nobody", Warning),
        new(UnmountedContainer, "Running container without its root file system mounted", Error),
        new(MultiplyingMounts, "Mounts multiply through propagation", Warning),
        new(SharedUpper, "Two live overlays write to one directory", Error),
        new(BusyUnmount, "Unmount refused as busy", Information),
        new(ReadOnlyOverlay, "Overlay silently read-only", Error),
        new(LeakedSharedMemory, "Shared memory of a container left mounted", Warning) { Engine = KnownEngines.Docker },
        new(BrokenLinkFile, "Link file empty", Error) { IsOfOverlayDriver = true },
        new(WrongShortLink, "Short link missing or wrong", Error) { IsOfOverlayDriver = true },
        new(EmptyLower, "Lower file empty", Error) { IsOfOverlayDriver = true },
        new(BareLinkDirectory, "Lower file names the link directory itself", Error) { IsOfOverlayDriver = true },
        new(MalformedLower, "Lower file cannot be read as one", Error) { IsOfOverlayDriver = true },
        new(MissingLayer, "Layer directory missing", Error),
        new(OrphanLayer, "Layer directory that nobody needs", Warning),
        new(LayerDatabaseEntry, "Layer database entry empty", Error) { Engine = KnownEngines.Docker },
        new(EmptiedFiles, "Files emptied by a power loss", Error),
        new(LostShortLinks, "All short links gone", Critical) { IsOfOverlayDriver = true },
        new(LossyCopy, "Store copied without whiteouts or attributes", Warning),
        new(UnusedShortLink, "Short link that nobody uses", Information) { IsOfOverlayDriver = true },
        new(IncompleteLayer, "Part of a layer missing", Error),
        new(LostLayerId, "Layer database has lost a directory's id", Error) { Engine = KnownEngines.Docker },
        new(BlockedRemoval, "Container cannot be removed", Warning) { Engine = KnownEngines.Docker },
        new(Quarantine, "Layers in quarantine", Information),
        new(MissingChain, "Layer database entry missing", Error) { Engine = KnownEngines.Docker },
        new(LostImage, "Image record missing", Error) { Engine = KnownEngines.Docker },
        new(LeftOverContainer, "Left over from a removed container", Warning) { Engine = KnownEngines.Docker },
        new(MissingLayerRecord, "Layer record missing", Error) { Engine = KnownEngines.ContainersStorage },
        new(UnfinishedLayer, "Layer marked as incomplete", Error) { Engine = KnownEngines.ContainersStorage },
        new(LowerLayers, "List of the layers below damaged", Error) { Engine = KnownEngines.ContainersStorage },
        new(MissingMetadata, "Containerd's database missing or damaged", Error) { Engine = KnownEngines.Containerd },
        new(IncompleteImage, "Content of an image missing", Error) { Engine = KnownEngines.Containerd },
        new(UnusedSnapshot, "Snapshot that nothing needs", Warning) { Engine = KnownEngines.Containerd },
        new(DanglingRecord, "Record that names what is not there", Warning),
        new(MissingLayerPath, "Layer path missing at mount", Error),
        new(LongOptions, "Mount options too long", Error) { IsOfOverlayDriver = true },
        new(TooManyLayers, "Too many layers", Error) { IsOfOverlayDriver = true },
        new(UpperFileSystem, "File system cannot hold an upper layer", Error),
        new(NestedTooDeep, "Overlays nested too deep", Error),
        new(UpperAndWork, "Upper and work directory do not fit together", Error),
        new(StaleIndex, "Index says the layers changed", Error),
        new(LayerInUse, "Layer in use by another mount", Error),
        new(VolatileLayer, "Layer was mounted volatile before", Error),
        new(MountOptions, "Unknown or conflicting mount options", Error),
        new(SecurityContexts, "Security contexts of one file system differ", Error),
        new(UnprivilegedMount, "Mount without privileges refused", Error),
        new(EntryTypes, "Directory entries without types", Error),
        new(NativeDiff, "Native diff and redirects do not go together", Warning) { Engine = KnownEngines.Docker },
        new(OverlayAttributes, "Overlay attributes not supported", Error),
        new(Whiteouts, "Whiteouts cannot be made", Error),
        new(OverlaySupport, "Kernel without overlayfs, or with a too old one", Error),
        new(TableConsistency, "Mount table cannot be read as of one moment", Information),
        new(Room, "Too little room to copy up", Error),
        new(Inodes, "No inodes left", Error),
        new(Quota, "Size limit asked for, but not supported", Error) { Engine = KnownEngines.Docker },
        new(MountLimit, "Limit of mounts reached", Error),
        new(RenameOfDirectory, "Renaming a directory of a lower layer", Information),
        new(WriteToHardLink, "Writing to one of several hard links", Information),
        new(InodeNumbers, "Inode numbers across copy-up", Information),
        new(OpenBeforeCopyUp, "A file opened before it is copied up", Information),
        new(CostOfCopyUp, "What a copy-up costs", Information),
        new(LeftByRemoval, "What a removal leaves behind", Information),
        new(SeparatorsInNames, "Names with separators in mount options", Information),
        new(OptionsNotShown, "Options that the mount table does not show", Information),
        new(SettingGivenTwice, "Setting given as flag and in the file", Error) { Engine = KnownEngines.Docker },
        new(RemovedOption, "Storage option removed from the engine", Error) { Engine = KnownEngines.Docker },
        new(SeveralStores, "Stores of several drivers", Error) { Engine = KnownEngines.Docker },
        new(RemovedDriver, "Storage driver removed from the engine", Error) { Engine = KnownEngines.Docker },
        new(FallbackDriver, "Engine falls back to another driver", Warning) { Engine = KnownEngines.Docker },
        new(SwitchedStore, "Image store switched", Warning) { Engine = KnownEngines.Docker },
        new(ContainerdRoot, "Containerd's root on a small file system", Warning) { Engine = KnownEngines.Docker },
        new(NestedEngine, "Engine in a container without a volume", Warning) { Engine = KnownEngines.Docker },
        new(UnusableConfiguration, "Engine configuration cannot be used as written", Error) { Engine = KnownEngines.Docker },
        new(ImageStoreConflict, "Image store and storage driver do not go together", Warning) { Engine = KnownEngines.Docker },
        new(NoSubordinateIds, "Remapped user has no subordinate ids", Error) { Engine = KnownEngines.Docker },
    ];

    private static readonly FrozenDictionary<string, FindingDescriptor> s_byId = All.ToFrozenDictionary(descriptor => descriptor.Id, StringComparer.Ordinal);

    /// <summary>The rules of this library, those of a stage in the order of their ids; rules have no state. They ask for descriptors, so these come first.</summary>
    internal static ImmutableArray<IDiagnosisRule> Rules { get; } =
    [
        new SelfBindCoverRule(),
        new ForeignCoverRule(),
        new LostDiskRule(),
        new StackedMountRule(),
        new LeakedMountRule(),
        new OrphanMountRule(),
        new UnmountedContainerRule(),
        new PropagationRule(),
        new SharedUpperRule(),
        new ReadOnlyOverlayRule(),
        new LeakedSharedMemoryRule(),
        new BrokenLinkFileRule(),
        new ShortLinkRule(),
        new EmptyLowerRule(),
        new BareLinkDirectoryRule(),
        new MalformedLowerRule(),
        new MissingLayerRule(),
        new OrphanLayerRule(),
        new LayerDatabaseEntryRule(),
        new LinkDirectoryRule(),
        new UnusedShortLinkRule(),
        new IncompleteLayerRule(),
        new LostIdRule(),
        new BlockedRemovalRule(),
        new QuarantineRule(),
        new MissingChainRule(),
        new LostImageRule(),
        new LeftOverContainerRule(),
        new MissingLayerRecordRule(),
        new UnfinishedLayerRule(),
        new LowerLayersRule(),
        new MissingMetadataRule(),
        new IncompleteImageRule(),
        new UnusedSnapshotRule(),
        new LongOptionsRule(),
        new LayerDepthRule(),
        new VolatileLayerRule(),
        new UpperFileSystemRule(),
        new EntryTypesRule(),
        new NativeDiffRule(),
        new OverlaySupportRule(),
        new TableConsistencyRule(),
        new RoomRule(),
        new InodeRule(),
        new MountLimitRule(),
        new DanglingRecordRule(),
        new EngineProblemRule(Quota, EngineProblemKind.QuotaUnsupported),
        new EngineProblemRule(SettingGivenTwice, EngineProblemKind.SetTwice, EngineProblemKind.OverriddenByEnvironment),
        new EngineProblemRule(RemovedOption, EngineProblemKind.RemovedOption),
        new EngineProblemRule(SeveralStores, EngineProblemKind.SeveralStores),
        new EngineProblemRule(RemovedDriver, EngineProblemKind.RemovedDriver),
        new EngineProblemRule(FallbackDriver, EngineProblemKind.SilentFallback),
        new FallbackDriverRule(),
        new SwitchedStoreRule(),
        new ContainerdRootRule(),
        new NestedEngineRule(),
        new EngineProblemRule(
            UnusableConfiguration, EngineProblemKind.InvalidFile, EngineProblemKind.WrongType, EngineProblemKind.UnknownDirective, EngineProblemKind.DuplicateKey, EngineProblemKind.InvalidFlag,
            EngineProblemKind.UnknownOption, EngineProblemKind.InvalidUnit, EngineProblemKind.UnsupportedDriver),
        new EngineProblemRule(ImageStoreConflict, EngineProblemKind.ImageStoreConflict),
        new EngineProblemRule(NoSubordinateIds, EngineProblemKind.NoSubordinateIds),
        .. Behaviours.All,
        .. LogRule.All,
    ];

    /// <summary>The descriptor of an id; <see langword="null"/> for an id that this library does not know.</summary>
    /// <param name="id">The id, such as <c>OVL0001</c>.</param>
    public static FindingDescriptor? Find(string id) => s_byId.GetValueOrDefault(id);

    internal static FindingDescriptor Get(string id) => s_byId[id];
}
