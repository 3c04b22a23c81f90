using System.Collections.Immutable;
using Overlay2.Storage.Mounts;

namespace Overlay2.Storage.Snapshots;

/// <summary>Another mount namespace in a snapshot file.</summary>
internal sealed record NamespaceFile(ulong Id, ImmutableArray<MountHolderProcess> Processes, PartFile<MountTableFile>? Mounts = null);
