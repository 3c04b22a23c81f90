using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.Engines.ContainersStorage;

/// <summary>A user who may have a store of his own.</summary>
/// <param name="Name">The name.</param>
/// <param name="UserId">The number; empty where it is not known.</param>
/// <param name="Home">The home directory.</param>
internal sealed record ContainersUser(string Name, string UserId, BytePath Home);
