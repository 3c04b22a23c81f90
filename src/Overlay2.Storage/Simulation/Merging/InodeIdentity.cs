using Overlay2.Storage.Simulation.Backing;

namespace Overlay2.Storage.Simulation.Merging;

/// <summary>Where a st_dev and st_ino come from.</summary>
/// <param name="Source">The object whose number is shown; <see langword="null"/> for a number the mount made up.</param>
/// <param name="PrivateNumber">The made-up number, when there is no source.</param>
/// <param name="PseudoDevice">The place in the file system table whose anonymous device is shown, or -1 for the overlay's device.</param>
/// <param name="MappedId">The place in the file system table that is put into the high bits (xino), or -1.</param>
internal readonly record struct InodeIdentity(BackingInode? Source, ulong PrivateNumber, int PseudoDevice, int MappedId);
