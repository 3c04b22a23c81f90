using System.Collections.Immutable;

namespace Overlay2.Storage.Mounts;

/// <summary>Who still holds something: mounts in one namespace, and the processes that keep it alive.</summary>
/// <param name="NamespaceId">The namespace, as <see cref="MountNamespace.Id"/>.</param>
/// <param name="Mounts">The mounts that match, in the order of the table.</param>
/// <param name="Processes">The processes in the namespace, ascending by id.</param>
public sealed record MountHolder(ulong NamespaceId, ImmutableArray<MountEntry> Mounts, ImmutableArray<MountHolderProcess> Processes);
