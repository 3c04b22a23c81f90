using Overlay2.Storage.Bytes;
using Overlay2.Storage.Configuration;
using Overlay2.Storage.Mounts;
using Overlay2.Storage.Snapshots;

namespace Overlay2.Storage.Repair;

/// <summary>The machine that a plan is carried out on: <see cref="LinuxHost"/>, or <see cref="MemoryHost"/>, which is a captured one.</summary>
/// <remarks>
/// Every action names its subject by a fingerprint, and acts on that one or on nothing: what was put in its place meanwhile is an
/// error. Implementations are called by one executor at a time.
/// </remarks>
public interface IHostOperations
{
    /// <summary>Captures the host as it is now, for a diagnosis.</summary>
    /// <param name="cancellationToken">Ends the capture early.</param>
    Task<StorageSnapshot> CaptureAsync(CancellationToken cancellationToken);

    /// <summary>The mounts as they are now.</summary>
    /// <param name="namespaceId">A mount namespace, as <c>/proc/PID/ns/mnt</c> shows it; 0 for the engine's.</param>
    /// <exception cref="IOException">They cannot be read.</exception>
    MountTable LoadMounts(ulong namespaceId);

    /// <summary>Unmounts a mount.</summary>
    /// <param name="namespaceId">The mount namespace; 0 for the engine's.</param>
    /// <param name="mount">The mount.</param>
    HostResult Unmount(ulong namespaceId, MountFingerprint mount);

    /// <summary>Shows a directory at a second place, without what is mounted below it.</summary>
    /// <param name="bind">What, where, and on which mounts the two have to be when it is done.</param>
    HostResult Bind(BindAction bind);

    /// <summary>Mounts a file system of a block device.</summary>
    /// <param name="mount">What, where, and on which mount that has to be when it is done.</param>
    HostResult MountFileSystem(MountFileSystemAction mount);

    /// <summary>Moves a mount and all that is on it.</summary>
    /// <param name="move">Which mount, where to, and on which mount that has to be when it is done.</param>
    HostResult Move(MoveMountAction move);

    /// <summary>Makes a mount private.</summary>
    /// <param name="mount">The mount.</param>
    HostResult MakePrivate(MountFingerprint mount);

    /// <summary>Makes a private mount a peer of the one that it is on.</summary>
    /// <param name="mount">The mount.</param>
    HostResult JoinPeers(MountFingerprint mount);

    /// <summary>Makes a directory, with its parents, and a private mount of it on itself.</summary>
    /// <param name="place">The directory.</param>
    HostResult MakePlace(BytePath place);

    /// <summary>Unmounts such a place, and removes the directories in it, which are empty.</summary>
    /// <param name="place">The directory.</param>
    HostResult RemovePlace(BytePath place);

    /// <summary>A file that the engine's configuration is read from, as a snapshot shows it: without secrets.</summary>
    /// <param name="path">The file, below the host's root.</param>
    /// <exception cref="IOException">The configuration cannot be read.</exception>
    ConfigurationFileContent ReadConfiguration(BytePath path);

    /// <summary>Gives such a file another content, or makes or removes it; the old one is kept beside it, and no other file is written.</summary>
    /// <param name="path">The file, below the host's root.</param>
    /// <param name="original">What it must hold, as a snapshot shows it; <see langword="null"/> if it must not be there.</param>
    /// <param name="content">What it will hold, as a snapshot shows it; <see langword="null"/> to remove it.</param>
    HostResult ReplaceConfiguration(BytePath path, ByteString? original, ByteString? content);

    /// <summary>A parameter of the kernel's overlay module; <see langword="null"/> if it is not known.</summary>
    /// <param name="parameter">Its name, such as <c>redirect_dir</c>.</param>
    string? ReadModuleParameter(string parameter);

    /// <summary>Sets a parameter of the kernel's overlay module until the next boot.</summary>
    /// <param name="parameter">Its name, such as <c>redirect_dir</c>.</param>
    /// <param name="from">What it must be.</param>
    /// <param name="to">What it will be.</param>
    HostResult SetModuleParameter(string parameter, string from, string to);

    /// <summary>What is at a place of a store; nothing also where the directory that it would be in is not there.</summary>
    /// <param name="place">The place.</param>
    /// <exception cref="IOException">It cannot be read.</exception>
    EntryState ReadEntry(StorePlace place);

    /// <summary>Which entry is at a place of a store.</summary>
    /// <param name="place">The place.</param>
    /// <exception cref="IOException">It cannot be read.</exception>
    EntryIdentity IdentifyEntry(StorePlace place);

    /// <summary>Puts an entry in the place of another; see <see cref="ReplaceEntryAction"/>.</summary>
    /// <param name="place">The place.</param>
    /// <param name="from">What is there; anything else is an error.</param>
    /// <param name="to">What is there afterwards.</param>
    /// <param name="like">Whose mode, owner and attributes something new gets.</param>
    HostResult ReplaceEntry(StorePlace place, EntryState from, EntryState to, StorePlace? like);

    /// <summary>Removes what a <see cref="ReplaceEntry"/> that a crash ended left beside the place.</summary>
    /// <param name="place">The place.</param>
    HostResult ClearLeftOver(StorePlace place);

    /// <summary>Moves an entry; see <see cref="MoveEntryAction"/>.</summary>
    /// <param name="from">Where it is.</param>
    /// <param name="to">Where it is afterwards.</param>
    /// <param name="identity">Which entry is meant.</param>
    /// <param name="synchronize">Whether everything written goes to disk first.</param>
    HostResult MoveEntry(StorePlace from, StorePlace to, EntryIdentity identity, bool synchronize);

    /// <summary>Removes an entry with everything in it; see <see cref="PurgeAction"/>.</summary>
    /// <param name="place">The entry.</param>
    /// <param name="identity">Which entry is meant.</param>
    HostResult PurgeEntry(StorePlace place, EntryIdentity identity);

    /// <summary>Whether a file or directory has an attribute.</summary>
    /// <param name="place">The place.</param>
    /// <param name="attribute">The attribute.</param>
    /// <exception cref="IOException">It cannot be read.</exception>
    bool HasAttribute(StorePlace place, EntryAttribute attribute);

    /// <summary>Sets or clears an attribute; see <see cref="SetAttributeAction"/>.</summary>
    /// <param name="place">The place.</param>
    /// <param name="attribute">The attribute.</param>
    /// <param name="isSet">Whether it is set afterwards.</param>
    HostResult SetAttribute(StorePlace place, EntryAttribute attribute, bool isSet);

    /// <summary>The mounts of all other mount namespaces that can be read.</summary>
    /// <exception cref="IOException">They cannot be looked for.</exception>
    IReadOnlyList<MountTable> LoadOtherMounts();

    /// <summary>Whether the Docker Engine runs whose configuration, or process id, was given.</summary>
    bool IsEngineRunning();
}
